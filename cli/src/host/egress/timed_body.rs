//! The body of a response that a component receives, with a time limit between its parts.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::{Error, WasiBody};

use super::idle_connections::ActiveConnection;

/// A body that fails when the next part takes longer than `between_bytes`. When the body is complete, its connection becomes idle
/// and can carry the next request.
pub(super) struct TimedBody {
    incoming: Incoming,
    connection: Option<ActiveConnection>,
    between_bytes: Duration,
    deadline: Pin<Box<Sleep>>,
}

impl TimedBody {
    pub(super) fn new(incoming: Incoming, between_bytes: Duration, connection: ActiveConnection) -> Self {
        let deadline = Box::pin(tokio::time::sleep(between_bytes));
        Self { incoming, connection: Some(connection), between_bytes, deadline }
    }

    pub(super) fn boxed(self) -> WasiBody {
        self.boxed_unsync()
    }
}

impl Body for TimedBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            let next = Instant::now() + self.between_bytes;
            self.deadline.as_mut().reset(next);
            let is_complete = frame.is_none() || self.incoming.is_end_stream();
            if matches!(frame, Some(Err(_))) {
                self.connection = None;
            } else if is_complete && let Some(connection) = self.connection.take() {
                connection.release();
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::Hyper)));
        }
        ready!(self.deadline.as_mut().poll(context));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
