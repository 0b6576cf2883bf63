//! Runs a call from its first leg to its result. The events of a provider go to the client as they come: those that it emits while a leg
//! runs, and those on the answer of a leg.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

use catalog::Resolved;
use contract::model::{McpError, Resumption};
use contract::{Events, Provider};
use http::StatusCode;
use protocol::{JsonBuffer, result};

use super::events::{EventQueue, EventRules};
use super::stream::{Call, CallStream, LastMessage, State, final_chunk};
use super::{Leg, MultiLegCall, Outcome};
use crate::error::{CallError, RequestError};
use crate::http::response::{Body, Response, events, json};
use crate::invocation::Invocation;
use crate::observer::ErrorCode;

/// Answers a call: with JSON if the result is the first thing to send, else with a stream of events that ends with the result.
pub(crate) async fn answer<P: Provider, C: MultiLegCall>(
    invocation: Box<Invocation<P>>,
    call: C,
) -> Result<Response, RequestError> {
    let rules = EventRules {
        accepted: invocation.events_accepted,
        progress_token: invocation.progress_token.clone(),
        log_level: invocation.context.log_level,
        version: invocation.version,
    };
    let clock = Arc::clone(&invocation.engine.ports.clock);
    let queue = Arc::new(EventQueue::new(rules, clock, invocation.began_ms));
    let config = Arc::clone(&invocation.engine.config);
    let last_message = LastMessage { id: invocation.id.clone(), version: invocation.version, config };
    let (observation, shutdown) = (Arc::clone(&invocation.observation), invocation.engine.shutdown.clone());

    let state = State::Running(Box::pin(LegRunner::run(invocation, call, Arc::clone(&queue))));
    let mut call = Call { state, queue, timer: None };
    // The call comes first, so that what it emits now is sent now. Whether there is a stream depends on what comes first.
    let first = poll_fn(|task| match call.poll(task) {
        Poll::Ready(()) => Poll::Ready(None),
        Poll::Pending => call.poll_events(task).map(Some),
    });
    let first = first.await;
    let Some(end) = call.take_end() else {
        return Ok(events(Body::Events(CallStream { call, last_message, shutdown, observation, first })));
    };
    let before = call.queue.take();
    match end {
        end if before.is_empty() => end.map(|result| json(StatusCode::OK, result)),
        // Nothing has been sent yet, and only a response without events can have the status of the error.
        Err(error) if error.status(last_message.version, &last_message.config) != StatusCode::OK => Err(error),
        end => {
            let (last, code) = last_message.of(end);
            let mut response = events(Body::Full(final_chunk(before, &last)));
            if let Some(code) = code {
                response.extensions_mut().insert(ErrorCode(code));
            }
            Ok(response)
        }
    }
}

/// Runs the legs of one call.
struct LegRunner<P, C> {
    invocation: Box<Invocation<P>>,
    call: C,
    legs: u32,
}

impl<P: Provider, C: MultiLegCall> LegRunner<P, C> {
    async fn run(invocation: Box<Invocation<P>>, call: C, queue: Arc<EventQueue>) -> Result<Vec<u8>, RequestError> {
        let engine = Arc::clone(&invocation.engine);
        let mut runner = Self { invocation, call, legs: 0 };
        let resolved = runner.resolve().await?;
        let sink = Events::new(Arc::clone(&queue) as _);
        loop {
            runner.legs += 1;
            runner.invocation.update_remaining_time()?;
            queue.begin_leg();
            let invocation = &runner.invocation;
            // On the heap: a future that is passed by value is as large again in every future that takes it.
            let leg = Box::pin(engine.catalog.call(&invocation.context, &resolved, &runner.call, &sink));
            let leg = invocation.observe(resolved.owner(), leg).await;
            let Leg { events, outcome } = C::leg(leg.map_err(|error| runner.error(error))?);
            queue.add(&events, invocation.result_limit())?;
            let more = match outcome {
                Outcome::Complete(output) => return runner.write(output),
                Outcome::Unnamed(json) => {
                    let mut cache = None;
                    invocation.restrict_cache(&mut cache);
                    let write = |out: &mut JsonBuffer| {
                        result::unnamed(out, &json, cache.as_ref(), invocation.version, invocation.server_info())
                    };
                    return invocation.encode(write);
                }
                // The answer would have to find its way back to the call: what the provider saved is neither sealed nor stored. This is the place for them.
                Outcome::InputRequired => return Err(CallError::InputRequired.into()),
                Outcome::More(more) => more,
            };
            if runner.legs >= engine.config.max_legs {
                return Err(CallError::TooManyLegs.into());
            }
            // The client gets the events of a leg before the next one runs.
            queue.drained().await;
            runner.invocation.remaining_ms(more.after_ms)?;
            if more.after_ms > 0 {
                engine.ports.clock.sleep_ms(more.after_ms).await;
            }
            runner.call.resume(Resumption { saved: Some(more.saved), answers: Vec::new() });
        }
    }

    /// Finds the owner of what is called, which the authorizer may have to decide about, and checks the headers that repeat arguments.
    async fn resolve(&mut self) -> Result<Resolved, RequestError> {
        let Self { invocation, call, .. } = self;
        let resolved = invocation.resolve(call, &call.access_item()).await?;
        if let Some(headers) = invocation.mcp_param_headers.as_ref().filter(|_| invocation.version.is_modern()) {
            let (catalog, ctx) = (invocation.catalog(), &invocation.context);
            let check = pin!(call.check_headers(catalog, ctx, &resolved, headers));
            invocation.in_total_time(check).await??;
        }
        Ok(resolved)
    }

    fn error(&self, error: McpError) -> RequestError {
        RequestError::of_provider(error, self.invocation.method.name, &self.call.access_item())
    }

    fn write(&self, mut output: C::Output) -> Result<Vec<u8>, RequestError> {
        let invocation = &self.invocation;
        if let Some(cache) = C::cache(&mut output) {
            invocation.restrict_cache(cache);
        }
        let write = |out: &mut JsonBuffer| C::write(out, &output, invocation.version, invocation.server_info());
        invocation.encode(write)
    }
}
