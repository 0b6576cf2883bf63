//! The body of a response that a component receives.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep};
use wasmtime_wasi_http::{Error, WasiBody};

use super::pool::Lease;

/// A body each part of which must come within some time of the last one. When it is whole, its connection can be used again.
pub(crate) struct Paced {
    incoming: Incoming,
    lease: Option<Lease>,
    pace: Duration,
    late: Pin<Box<Sleep>>,
}

impl Paced {
    pub(crate) fn new(incoming: Incoming, pace: Duration, lease: Lease) -> Self {
        Self { incoming, lease: Some(lease), pace, late: Box::pin(tokio::time::sleep(pace)) }
    }

    pub(crate) fn boxed(self) -> WasiBody {
        self.boxed_unsync()
    }
}

impl Body for Paced {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.incoming).poll_frame(context) {
            let next = Instant::now() + self.pace;
            self.late.as_mut().reset(next);
            let whole = frame.is_none() || self.incoming.is_end_stream();
            if matches!(frame, Some(Err(_))) {
                self.lease = None;
            } else if whole && let Some(lease) = self.lease.take() {
                lease.end();
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::Hyper)));
        }
        ready!(self.late.as_mut().poll(context));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}
