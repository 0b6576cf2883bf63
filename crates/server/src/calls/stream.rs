//! The events and the end of a call as a stream of server-sent events.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use http::StatusCode;
use protocol::jsonrpc::Id;
use protocol::sse;
use protocol::version::Version;

use super::events::EventQueue;
use super::keep_alive_comments::Timer;
use crate::config::Config;
use crate::error::{CallError, RequestError};
use crate::http::gateway::GatewayError;
use crate::observer::Observation;
use crate::shutdown::Shutdown;

/// How a call ended: with the whole message of its result, or with an error.
pub(super) type End = Result<Vec<u8>, RequestError>;

/// A call that runs.
pub(super) type Running = Pin<Box<dyn Future<Output = End> + Send>>;

/// The events of a call, as they come, and then its result: each item is one or more server-sent events. The call goes on while the
/// stream is polled. A shell whose client does not read lets it go on by [`poll_call`](Self::poll_call), so that the limits of the call
/// hold.
pub struct CallStream {
    pub(super) call: Call,
    pub(super) last_message: LastMessage,
    pub(super) shutdown: Shutdown,
    pub(super) observation: Arc<Observation>,
    /// Events that were taken before it was known that there is a stream.
    pub(super) first: Option<Bytes>,
}

/// A call and what it has said.
pub(super) struct Call {
    pub(super) state: State,
    pub(super) queue: Arc<EventQueue>,
    pub(super) timer: Timer,
}

pub(super) enum State {
    Running(Running),
    Ended(End),
    /// The end has been taken.
    Taken,
}

impl Call {
    /// Lets the call go on. It is ready when the call has ended.
    pub(super) fn poll(&mut self, task: &mut Task<'_>) -> Poll<()> {
        if let State::Running(running) = &mut self.state {
            let end = ready!(running.as_mut().poll(task));
            self.end(end);
        }
        Poll::Ready(())
    }

    fn end(&mut self, end: End) {
        self.queue.close();
        self.state = State::Ended(end);
    }

    /// The end of the call, once.
    pub(super) fn take_end(&mut self) -> Option<End> {
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Ended(end) => Some(end),
            State::Taken => None,
            running @ State::Running(_) => {
                self.state = running;
                None
            }
        }
    }

    /// Takes what the call has emitted.
    pub(super) fn poll_events(&mut self, task: &mut Task<'_>) -> Poll<Bytes> {
        self.queue.poll_take(&mut self.timer, task)
    }
}

/// Makes the message that ends a stream.
pub(super) struct LastMessage {
    pub(super) id: Id<'static>,
    pub(super) version: Version,
    pub(super) config: Arc<Config>,
}

impl LastMessage {
    /// The message, and its error code.
    pub(super) fn of(&self, end: End) -> (Vec<u8>, Option<i32>) {
        match end {
            Ok(result) => (result, None),
            Err(error) => {
                let (message, code) = error.message(Some(&self.id), self.version, &self.config);
                (message, Some(code))
            }
        }
    }
}

/// The last events of a stream, and the message that ends it.
pub(super) fn final_chunk(mut events: Vec<u8>, last: &[u8]) -> Bytes {
    events.extend(sse::event(last));
    events.into()
}

impl CallStream {
    /// Lets the call go on without taking anything from the stream. It is ready when the call cannot go on before the stream is read: it
    /// has ended, or has events that the client gets before its next leg. What it has said until then is in the next items.
    pub fn poll_call(&mut self, task: &mut Task<'_>) -> Poll<()> {
        if self.call.poll(task).is_ready() || self.call.queue.is_draining() {
            return Poll::Ready(());
        }
        ready!(self.shutdown.poll(task));
        self.call.end(Err(CallError::Stopped.into()));
        Poll::Ready(())
    }

    /// Ends the call with an error of the shell, which takes the place of all that has not been sent. The stream has nothing after this
    /// event.
    pub fn end_with(&mut self, error: GatewayError) -> Bytes {
        self.first = None;
        self.call.queue.close();
        self.call.state = State::Taken;
        let (last, code) = self.last_message.of(Err(error.error()));
        self.observation.end(Some(StatusCode::OK.as_u16()), code);
        final_chunk(Vec::new(), &last)
    }
}

impl Stream for CallStream {
    type Item = Bytes;

    fn poll_next(mut self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        let _ = self.poll_call(task);
        match (self.call.take_end(), &self.call.state) {
            (Some(end), _) => {
                let (last, code) = self.last_message.of(end);
                self.observation.end(Some(StatusCode::OK.as_u16()), code);
                Poll::Ready(Some(final_chunk(self.call.queue.take(), &last)))
            }
            (None, State::Running(_)) => self.call.poll_events(task).map(Some),
            (None, _) => Poll::Ready(None),
        }
    }
}

impl fmt::Debug for CallStream {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("CallStream").finish_non_exhaustive()
    }
}
