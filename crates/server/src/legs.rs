//! A tool's call from its first leg to its result: what the provider reports on the way goes to the client as it comes.

use std::sync::Arc;

use bytes::Bytes;
use contract::model::{Context, Event, More, Resumption, ToolCall, ToolLeg, ToolOutcome};
use contract::{Events, Provider};
use futures_util::{StreamExt, stream};
use http::StatusCode;
use protocol::jsonrpc::{Id, reply};
use protocol::version::Version;
use protocol::{notifications, result, sse, tools};
use serde_json::value::RawValue;

use crate::engine::Engine;
use crate::introduction::{Badge, stamp};
use crate::methods::Asked;
use crate::problem::Problem;
use crate::response::{Body, Response, events, json};
use crate::surroundings::Surroundings;

/// A call under way.
pub(crate) struct Legs<P, S> {
    engine: Arc<Engine<P, S>>,
    badge: Option<Arc<Badge>>,
    context: Context,
    call: ToolCall,
    id: Id<'static>,
    version: Version,
    progress_token: Option<Box<RawValue>>,
    events_accepted: bool,
    began_ms: u64,
    legs: u32,
    /// How long the provider wants to be left alone before the next leg.
    pause_ms: u32,
}

/// What is to be sent next.
enum Step {
    /// Notifications; the call goes on.
    On(Vec<u8>),
    /// Notifications before the result, and the result.
    Done(Vec<u8>, Vec<u8>),
}

/// Answers a call: with JSON if the result is the first thing there is to say, else with events.
pub(crate) async fn answer<P: Provider, S: Surroundings>(mut legs: Legs<P, S>) -> Result<Response, Problem> {
    match legs.step().await? {
        Step::Done(notifications, result) if notifications.is_empty() => Ok(json(StatusCode::OK, result)),
        Step::Done(notifications, result) => Ok(events(Body::Full(last(notifications, &result)))),
        Step::On(notifications) => {
            let first = stream::once(std::future::ready(Bytes::from(notifications)));
            let rest = stream::unfold(Some(legs), |legs| async {
                let mut legs = legs?;
                Some(match legs.step().await {
                    Ok(Step::On(notifications)) => (Bytes::from(notifications), Some(legs)),
                    Ok(Step::Done(notifications, result)) => (last(notifications, &result), None),
                    Err(problem) => (last(Vec::new(), &problem.message(&legs.id, legs.version)), None),
                })
            });
            Ok(events(Body::Events(Box::pin(first.chain(rest)))))
        }
    }
}

fn last(mut notifications: Vec<u8>, result: &[u8]) -> Bytes {
    notifications.extend(sse::event(result));
    notifications.into()
}

impl<P: Provider, S: Surroundings> Legs<P, S> {
    pub(crate) fn new(
        engine: Arc<Engine<P, S>>,
        asked: Asked<'_>,
        context: Context,
        call: ToolCall,
        badge: Option<Arc<Badge>>,
    ) -> Result<Self, Problem> {
        let mut legs = Self {
            began_ms: asked.began_ms,
            engine,
            badge,
            context,
            call,
            id: asked.request.id.to_owned(),
            version: asked.version,
            progress_token: asked.params.meta().progress_token().map(ToOwned::to_owned),
            events_accepted: asked.events_accepted,
            legs: 0,
            pause_ms: 0,
        };
        legs.context.remaining_ms = legs.remaining(0)?;
        Ok(legs)
    }

    /// Runs legs until there is something to send.
    async fn step(&mut self) -> Result<Step, Problem> {
        loop {
            if self.pause_ms > 0 {
                self.engine.surroundings.sleep_ms(self.pause_ms).await;
            }
            self.legs += 1;
            let leg = self
                .engine
                .provider
                .call_tool(&self.context, &self.call, &Events::NONE)
                .await
                .map_err(Problem::Provider)?;
            let notifications = self.notifications(&leg)?;
            let stamp = stamp(self.badge.as_deref());
            let result = match leg.outcome {
                ToolOutcome::Complete(output) => {
                    reply::result(&self.id, |out| tools::call_result(out, &output, self.version, stamp))?
                }
                ToolOutcome::Unnamed(json) => {
                    reply::result(&self.id, |out| result::unnamed(out, &json, self.version, stamp))?
                }
                // The answer would have to find its way back to the call: there is neither a sealing key nor a store for what
                // the provider saved. This is the place for them.
                ToolOutcome::InputRequired(_) => return Err(Problem::NeedsClient),
                ToolOutcome::More(more) => {
                    self.go_on(more)?;
                    if notifications.is_empty() {
                        continue;
                    }
                    return Ok(Step::On(notifications));
                }
            };
            return Ok(Step::Done(notifications, result));
        }
    }

    /// Prepares the next leg, unless the call has had its share.
    fn go_on(&mut self, more: More) -> Result<(), Problem> {
        let config = &self.engine.config;
        if self.legs >= config.max_legs {
            return Err(Problem::TooManyLegs(config.max_legs));
        }
        self.context.remaining_ms = self.remaining(more.after_ms)?;
        self.pause_ms = more.after_ms;
        self.call.resumed = Some(Resumption { saved: Some(more.saved), answers: Vec::new() });
        Ok(())
    }

    /// How long a leg may take that begins after this pause.
    fn remaining(&self, pause_ms: u32) -> Result<u32, Problem> {
        let config = &self.engine.config;
        let taken = self.engine.surroundings.now_ms().saturating_sub(self.began_ms).saturating_add(u64::from(pause_ms));
        match u64::from(config.total_timeout_ms).saturating_sub(taken) {
            0 => Err(Problem::TookTooLong),
            left => Ok(u32::try_from(left).unwrap_or(u32::MAX).min(config.call_timeout_ms)),
        }
    }

    /// The events of a leg that this client wants and can read, as it reads them.
    fn notifications(&self, leg: &ToolLeg) -> Result<Vec<u8>, Problem> {
        let mut sent = Vec::new();
        if !self.events_accepted {
            return Ok(sent);
        }
        for event in &leg.events {
            let message = match event {
                Event::Progress(progress) => match &self.progress_token {
                    Some(token) => notifications::progress(token, progress)?,
                    None => continue,
                },
                Event::Log(log) => match self.context.log_level {
                    Some(wanted) if log.level as u8 >= wanted as u8 => notifications::log(log)?,
                    _ => continue,
                },
                // Notification of 2025-11-25 alone.
                Event::ElicitationComplete(id) if self.version == Version::V2025_11_25 => {
                    notifications::elicitation_complete(id)
                }
                // Nobody can listen for changes on this server.
                Event::ElicitationComplete(_) | Event::Changed(_) => continue,
                Event::Unnamed(notification) => notifications::unnamed(notification)?,
            };
            sent.extend(sse::event(&message));
        }
        Ok(sent)
    }
}
