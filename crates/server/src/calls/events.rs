//! The events of a call on their way to the client: the sink that a provider emits into while the call runs, and the queue from
//! which the response stream takes them.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context as Task, Poll, Waker};

use bytes::Bytes;
use contract::EventSink;
use contract::model::{ErrorDetail, Event, LogLevel, McpError};
use protocol::version::Version;
use protocol::{EncodeError, JsonBuffer, notifications, sse};
use serde_json::value::RawValue;

use super::keep_alive_comments::{Silence, Timer};
use crate::error::{CallError, RequestError};
use crate::ports::Clock;

/// How many bytes of emitted events wait for a slow client. A provider keeps what does not fit, and puts it on the answer of its
/// leg.
const MAX_WAITING_BYTES: usize = 1 << 20;

/// Which events a client wants and can read.
pub(crate) struct EventRules {
    /// Whether the client reads server-sent events at all.
    pub(crate) accepted: bool,
    /// The token under which it wants progress.
    pub(crate) progress_token: Option<Box<RawValue>>,
    /// The level from which on it wants log messages.
    pub(crate) log_level: Option<LogLevel>,
    /// The version that it speaks.
    pub(crate) version: Version,
}

/// What becomes of an event.
enum Encoded {
    /// The client does not want it.
    Unwanted,
    /// It is larger than what there may be room for.
    TooLarge,
    /// The client reads this.
    Text(Vec<u8>),
}

impl Encoded {
    fn new(limit: usize, write: impl FnOnce(&mut JsonBuffer) -> Result<(), EncodeError>) -> Result<Self, EncodeError> {
        let mut out = JsonBuffer::new(limit, 256);
        write(&mut out)?;
        let text = out.finish().map(|message| sse::event(&message)).filter(|text| text.len() <= limit);
        Ok(text.map_or(Self::TooLarge, Self::Text))
    }
}

impl EventRules {
    /// The event as the client reads it, if that has at most so many bytes.
    fn encode(&self, event: &Event, limit: usize) -> Result<Encoded, EncodeError> {
        if !self.accepted {
            return Ok(Encoded::Unwanted);
        }
        match event {
            Event::Progress(progress) => match &self.progress_token {
                Some(token) => Encoded::new(limit, |out| notifications::progress(out, token, progress)),
                None => Ok(Encoded::Unwanted),
            },
            Event::Log(log) => match self.log_level {
                Some(wanted) if log.level as u8 >= wanted as u8 => {
                    Encoded::new(limit, |out| notifications::log(out, log))
                }
                _ => Ok(Encoded::Unwanted),
            },
            // A notification of 2025-11-25 alone.
            Event::ElicitationComplete(id) if self.version == Version::V2025_11_25 => Encoded::new(limit, |out| {
                notifications::elicitation_complete(out, id);
                Ok(())
            }),
            // No client can subscribe to changes on this server yet.
            Event::ElicitationComplete(_) | Event::Changed(_) => Ok(Encoded::Unwanted),
            Event::Unnamed(notification) => Encoded::new(limit, |out| notifications::unnamed(out, notification)),
        }
    }
}

/// The events of one call that the client has not been sent yet, in order.
pub(crate) struct EventQueue {
    rules: EventRules,
    silence: Silence,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Server-sent events, one after the other.
    waiting: Vec<u8>,
    /// An event of this leg did not fit. Those after it do not overtake it: progress must increase (all versions, progress).
    overflowed: bool,
    /// The result is known, so that no event can precede it any more.
    closed: bool,
    /// The call waits until the events have been taken.
    draining: bool,
    /// The greatest progress that the client is sent.
    progress: Option<f64>,
    /// Wakes the response stream.
    reader: Option<Waker>,
}

impl State {
    /// Whether the event is progress that is no more than what the client is sent already: "each `progress` of a call is greater
    /// than the last one" (the contract, and all versions).
    fn has_passed(&self, event: &Event) -> bool {
        matches!((event, self.progress), (Event::Progress(now), Some(last)) if now.progress <= last)
    }

    /// Takes an event, which the client gets as this text.
    fn take(&mut self, event: &Event, encoded: Vec<u8>) {
        if let Event::Progress(progress) = event {
            self.progress = Some(progress.progress);
        }
        self.waiting.extend(encoded);
    }
}

impl EventQueue {
    /// The queue of a call that began at this moment, by the monotonic clock.
    pub(crate) fn new(rules: EventRules, clock: Arc<dyn Clock>, began_ms: u64) -> Self {
        let silence = Silence::new(clock, rules.accepted, began_ms);
        Self { rules, silence, state: Mutex::default() }
    }

    /// A leg begins: what the last one could not emit is on its answer.
    pub(crate) fn begin_leg(&self) {
        self.lock().overflowed = false;
    }

    /// Adds the events on the answer of a leg: all of them, as long as not more than `limit` bytes wait then. Progress that does not
    /// increase is dropped.
    pub(crate) fn add(&self, events: &[Event], limit: usize) -> Result<(), RequestError> {
        for event in events {
            let encoded = match self.rules.encode(event, limit)? {
                Encoded::Unwanted => continue,
                Encoded::TooLarge => return Err(CallError::ResultTooLarge(limit).into()),
                Encoded::Text(encoded) => encoded,
            };
            let mut state = self.lock();
            if state.waiting.len().saturating_add(encoded.len()) > limit {
                return Err(CallError::ResultTooLarge(limit).into());
            }
            if !state.has_passed(event) {
                state.take(event, encoded);
            }
        }
        Ok(())
    }

    /// Ends the queue: no event is taken from now on.
    pub(crate) fn close(&self) {
        self.lock().closed = true;
    }

    /// Takes all events that wait.
    pub(crate) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut self.lock().waiting)
    }

    /// Takes all events that wait, or a comment where one is due, or has the task woken by the next of them.
    pub(crate) fn poll_take(&self, timer: &mut Timer, task: &mut Task<'_>) -> Poll<Bytes> {
        let mut state = self.lock();
        if state.waiting.is_empty() {
            state.reader = Some(task.waker().clone());
            drop(state);
            return self.silence.poll_comment(timer, task);
        }
        self.silence.end();
        Poll::Ready(std::mem::take(&mut state.waiting).into())
    }

    /// Waits until the response stream has taken all events, and the comment that is due. The stream polls the call each time before it
    /// takes events, so the call needs no waker.
    pub(crate) async fn drained(&self) {
        std::future::poll_fn(|_| {
            let mut state = self.lock();
            state.draining = !state.waiting.is_empty() || self.silence.is_due();
            if state.draining { Poll::Pending } else { Poll::Ready(()) }
        })
        .await;
    }

    /// Whether the call waits until the events have been taken.
    pub(crate) fn is_draining(&self) -> bool {
        self.lock().draining
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock, and the state is whole between any two lines.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl EventSink for EventQueue {
    /// An event that the client does not want is dropped, as it would be on the answer of a leg: no event is lost that a client
    /// could get. So is progress that does not increase. One that does not fit, or comes after the result, is not offered.
    fn emit(&self, event: Event) -> Result<(), McpError> {
        let encoded = match self.rules.encode(&event, MAX_WAITING_BYTES) {
            Ok(Encoded::Text(encoded)) => Some(encoded),
            Ok(Encoded::TooLarge) => None,
            Ok(Encoded::Unwanted) => return Ok(()),
            Err(error) => {
                return Err(McpError::InvalidParams(ErrorDetail { message: error.to_string(), data: None }));
            }
        };
        let mut state = self.lock();
        if state.has_passed(&event) {
            return Ok(());
        }
        let waiting = state.waiting.len();
        let fitting = encoded.filter(|encoded| waiting.saturating_add(encoded.len()) <= MAX_WAITING_BYTES);
        let Some(encoded) = fitting.filter(|_| !state.closed && !state.overflowed) else {
            state.overflowed = true;
            return Err(McpError::NotOffered);
        };
        state.take(&event, encoded);
        if let Some(reader) = state.reader.take() {
            drop(state);
            reader.wake();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use contract::model::Progress;

    use super::*;
    use crate::ports::BoxFuture;

    /// A clock on which no time passes.
    struct NoTime;

    impl Clock for NoTime {
        fn monotonic_ms(&self) -> u64 {
            0
        }
        fn unix_ms(&self) -> u64 {
            0
        }
        fn sleep_ms(&self, _ms: u32) -> BoxFuture<'_, ()> {
            Box::pin(std::future::pending())
        }
    }

    fn queue(accepted: bool) -> EventQueue {
        let progress_token = RawValue::from_string("1".to_owned()).ok();
        let rules = EventRules { accepted, progress_token, log_level: None, version: Version::MODERN };
        EventQueue::new(rules, Arc::new(NoTime), 0)
    }

    fn progress(progress: f64, message: String) -> Event {
        Event::Progress(Progress { progress, total: None, message: Some(message), extra: None })
    }

    #[test]
    fn an_event_that_does_not_fit_is_not_offered_and_none_overtakes_it_until_the_next_leg() {
        let queue = queue(true);
        queue.emit(progress(1.0, "first".into())).expect("fits");
        assert_eq!(queue.emit(progress(2.0, "x".repeat(MAX_WAITING_BYTES))), Err(McpError::NotOffered));
        assert_eq!(queue.emit(progress(3.0, "small".into())), Err(McpError::NotOffered));
        assert!(String::from_utf8(queue.take()).expect("text").contains("first"));
        assert_eq!(queue.emit(progress(3.0, "small".into())), Err(McpError::NotOffered), "though there is room again");
        queue.begin_leg();
        assert_eq!(queue.emit(progress(3.0, "small".into())), Ok(()));
    }

    #[test]
    fn progress_that_does_not_increase_is_dropped_whether_it_is_emitted_or_on_the_answer_of_a_leg() {
        let queue = queue(true);
        let sent = [1.0, 1.0, 0.5, 2.0, -1.0];
        for value in sent {
            assert_eq!(queue.emit(progress(value, "live".into())), Ok(()), "{value}");
        }
        queue.begin_leg();
        queue.add(&[2.0, 1.5, 2.5, 2.5, 3.0].map(|value| progress(value, "late".into())), 1 << 20).expect("progress");
        let text = String::from_utf8(queue.take()).expect("text");
        let values: Vec<f64> = text
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line.strip_prefix("data: ")?).ok())
            .filter_map(|message| message["params"]["progress"].as_f64())
            .collect();
        assert_eq!(values, [1.0, 2.0, 2.5, 3.0]);
    }

    #[test]
    fn the_events_of_a_leg_have_a_limit_together() {
        for (count, fits) in [(3, true), (4, false)] {
            let events: Vec<_> = (0..count).map(|at| progress(f64::from(at), "x".repeat(1000))).collect();
            let queue = queue(true);
            let added = queue.add(&events, 4000);
            assert_eq!(added.is_ok(), fits, "{count}: {} bytes wait", queue.take().len());
        }
    }

    #[test]
    fn after_the_result_no_event_is_taken() {
        let queue = queue(true);
        queue.close();
        assert_eq!(queue.emit(progress(1.0, "late".into())), Err(McpError::NotOffered));
    }

    #[test]
    fn an_event_that_the_client_does_not_want_is_dropped_and_one_that_breaks_the_contract_is_refused() {
        assert_eq!(queue(false).emit(progress(1.0, "unread".into())), Ok(()));
        let open = queue(true);
        assert_eq!(open.emit(Event::Changed(contract::model::Change::ToolList)), Ok(()));
        assert!(open.take().is_empty());
        let endless = Event::Progress(Progress { progress: f64::INFINITY, total: None, message: None, extra: None });
        assert!(matches!(open.emit(endless), Err(McpError::InvalidParams(_))));
    }
}
