//! Bodies of requests to a composed file, which reads them itself.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};
use wasmtime_wasi_http::{Error, WasiBody};

use super::body::PACE;

/// So much of a body is read before a slot is taken for its request; the server's own limit is this, unless it was set.
const AHEAD: usize = 4 << 20;

/// The client sends its body too slowly.
pub(super) struct TooSlow;

/// A body whose rest must come in time.
struct Inbound {
    ahead: VecDeque<Result<Frame<Bytes>, Error>>,
    /// Nothing more where it has been read.
    rest: Option<Incoming>,
    last: Instant,
    late: Pin<Box<Sleep>>,
}

/// Reads ahead, so that a client that stalls holds no slot. A body that breaks off is passed on: the server says what of it.
pub(super) async fn gather(mut body: Incoming) -> Result<WasiBody, TooSlow> {
    let last = Instant::now() + PACE * 10;
    let (mut ahead, mut size) = (VecDeque::new(), 0_usize);
    let mut whole = body.is_end_stream();
    // One that says that it is too large is refused by the server, mostly unread.
    let small = usize::try_from(body.size_hint().lower()).is_ok_and(|announced| announced <= AHEAD);
    while small && !whole && size <= AHEAD {
        let next = timeout_at((Instant::now() + PACE).min(last), body.frame()).await.map_err(|_| TooSlow)?;
        whole = body.is_end_stream() || !matches!(next, Some(Ok(_)));
        let Some(frame) = next else { break };
        size = size.saturating_add(frame.as_ref().ok().and_then(Frame::data_ref).map_or(0, Bytes::len));
        ahead.push_back(frame.map_err(Error::Hyper));
    }
    let late = Box::pin(sleep_until((Instant::now() + PACE).min(last)));
    Ok(Inbound { ahead, rest: (!whole).then_some(body), last, late }.boxed_unsync())
}

impl Body for Inbound {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(frame) = self.ahead.pop_front() {
            return Poll::Ready(Some(frame));
        }
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        if let Poll::Ready(frame) = Pin::new(rest).poll_frame(context) {
            let next = (Instant::now() + PACE).min(self.last);
            self.late.as_mut().reset(next);
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::Hyper)));
        }
        ready!(self.late.as_mut().poll(context));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.ahead.is_empty() && self.rest.as_ref().is_none_or(Incoming::is_end_stream)
    }
}
