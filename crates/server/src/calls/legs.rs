//! Runs a call from its first leg to its result. The events of a provider go to the client as they come: those that it emits while a leg
//! runs, and those on the answer of a leg.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context as Task, Poll};

use bytes::Bytes;
use catalog::Resolved;
use contract::model::{McpError, Resumption};
use contract::{Events, Provider};
use futures_util::{StreamExt, stream};
use http::StatusCode;
use protocol::{result, sse};

use super::events::{EventQueue, EventRules};
use super::silence::Timer;
use super::{Leg, MultiLegCall, Outcome};
use crate::error::{CallError, RequestError};
use crate::http::response::{Body, Response, events, json};
use crate::invocation::Invocation;
use crate::observer::ErrorCode;

/// A call that runs. It gives the whole message with the result.
type Running = Pin<Box<dyn Future<Output = Result<Vec<u8>, RequestError>> + Send>>;

/// The next part of the response.
enum Step {
    /// Events; the call goes on.
    Events(Bytes),
    /// Events before the end, and the end.
    End(Vec<u8>, Result<Vec<u8>, RequestError>),
}

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
    let (engine, id, version) = (Arc::clone(&invocation.engine), invocation.id.clone(), invocation.version);
    let (observation, mut shutdown) = (Arc::clone(&invocation.observation), invocation.engine.shutdown.clone());

    let mut running: Running = Box::pin(LegRunner::run(invocation, call, Arc::clone(&queue)));
    let mut timer = None;
    let first = match std::future::poll_fn(|task| poll_step(&mut running, &queue, &mut timer, task)).await {
        Step::End(events, end) if events.is_empty() => return end.map(|result| json(StatusCode::OK, result)),
        // Nothing has been sent yet, and only a response without events can have the status of the error.
        Step::End(_, Err(error)) if error.status(version, &engine.config) != StatusCode::OK => return Err(error),
        first => first,
    };
    // The message that ends a stream, and its error code.
    let last_message = move |end: Result<Vec<u8>, RequestError>| match end {
        Ok(result) => (result, None),
        Err(error) => {
            let (message, code) = error.message(&id, version, &engine.config);
            (message, Some(code))
        }
    };
    let first = match first {
        Step::End(before, end) => {
            let (last, code) = last_message(end);
            let mut response = events(Body::Full(final_chunk(before, &last)));
            if let Some(code) = code {
                response.extensions_mut().insert(ErrorCode(code));
            }
            return Ok(response);
        }
        Step::Events(events) => events,
    };
    let mut running = Some(running);
    let rest = stream::poll_fn(move |task| {
        let Some(call) = &mut running else { return Poll::Ready(None) };
        let step = match poll_step(call, &queue, &mut timer, task) {
            Poll::Pending => shutdown.poll(task).map(|()| Step::End(queue.take(), Err(CallError::Stopped.into()))),
            ready => ready,
        };
        step.map(|step| {
            Some(match step {
                Step::Events(events) => events,
                Step::End(before, end) => {
                    running = None;
                    let (last, code) = last_message(end);
                    observation.end(Some(StatusCode::OK.as_u16()), code);
                    final_chunk(before, &last)
                }
            })
        })
    });
    Ok(events(Body::Events(Box::pin(stream::once(std::future::ready(first)).chain(rest)))))
}

/// Lets the call go on, then takes what it has emitted. The call comes first, so that what it emits now is sent now.
fn poll_step(running: &mut Running, queue: &EventQueue, timer: &mut Timer, task: &mut Task<'_>) -> Poll<Step> {
    if let Poll::Ready(end) = running.as_mut().poll(task) {
        queue.close();
        return Poll::Ready(Step::End(queue.take(), end));
    }
    queue.poll_take(timer, task).map(Step::Events)
}

fn final_chunk(mut events: Vec<u8>, last: &[u8]) -> Bytes {
    events.extend(sse::event(last));
    events.into()
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
            queue.add(&events, engine.config.result_limit)?;
            let more = match outcome {
                Outcome::Complete(output) => return runner.write(output),
                Outcome::Unnamed(json) => {
                    let mut cache = None;
                    invocation.restrict_cache(&mut cache);
                    let write = |out: &mut Vec<u8>| {
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
        if invocation.version.is_modern() {
            let (catalog, ctx) = (invocation.catalog(), &invocation.context);
            let check = pin!(call.check_headers(catalog, ctx, &resolved, &invocation.mcp_param_headers));
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
        let write = |out: &mut Vec<u8>| C::write(out, &output, invocation.version, invocation.server_info());
        invocation.encode(write)
    }
}
