//! Reads bodies of requests to a composed file ahead, before the request takes a slot.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame};
use tokio::time::{Instant, Sleep, sleep_until};
use wasmtime_wasi_http::{Error, WasiBody};

use super::body_buffer::BodyBuffer;
use super::byte_budget::NoRoom;
use super::client_body::{ClientBody, TooSlow};
use super::timeouts::Timeouts;

/// How many bytes of a body are read before its request takes a slot. The default body limit of the server is the same.
const READ_AHEAD_BYTES: usize = 4 << 20;

/// The largest body that is kept until there is an answer, for the id of its request.
const KEPT_BYTES: usize = 256 << 10;

/// What was read ahead of a body.
pub(super) struct ReadAhead {
    /// The whole body, for the component.
    pub(super) body: WasiBody,
    /// The same body once more, if it is small and was read whole.
    pub(super) kept: Bytes,
}

/// Why a body was not read ahead.
pub(super) enum ReadError {
    /// The client sends it too slowly.
    TooSlow,
    /// The server holds too many bodies of other clients.
    NoRoom,
}

/// A body whose first part was read ahead, and whose rest is read with the same timeouts.
struct RequestBody {
    ahead: VecDeque<Result<Frame<Bytes>, Error>>,
    /// The unread rest, if there is any.
    rest: Option<ClientBody>,
    timeouts: Timeouts,
    /// When the whole body must have arrived.
    last: Instant,
    /// When the next part must have arrived.
    deadline: Pin<Box<Sleep>>,
}

/// Reads a body ahead, so that a client that stalls holds no slot. A body that breaks off is passed on, and the server reports it.
pub(super) async fn read_ahead(mut body: ClientBody, timeouts: Timeouts) -> Result<ReadAhead, ReadError> {
    let last = Instant::now() + timeouts.whole_body();
    let (mut ahead, mut buffer) = (VecDeque::new(), BodyBuffer::default());
    let mut whole = body.is_end_stream();
    // The server refuses a body that is announced as too large, mostly without reading it.
    let small = usize::try_from(body.size_hint().lower()).is_ok_and(|announced| announced <= READ_AHEAD_BYTES);
    while small && !whole && buffer.len() <= READ_AHEAD_BYTES {
        let next = body.next((Instant::now() + timeouts.body_chunk).min(last)).await;
        let next = next.map_err(|TooSlow| ReadError::TooSlow)?;
        whole = body.is_end_stream() || !matches!(next, Some(Ok(_)));
        match next.map(|frame| frame.map(Frame::into_data)) {
            None => {}
            Some(Ok(Ok(part))) => buffer.push(&part, &body).await.map_err(|NoRoom| ReadError::NoRoom)?,
            // The trailers, or an error, come last.
            Some(Ok(Err(trailers))) => ahead.push_back(Ok(trailers)),
            Some(Err(error)) => ahead.push_back(Err(Error::Hyper(error))),
        }
    }
    let deadline = Box::pin(sleep_until((Instant::now() + timeouts.body_chunk).min(last)));
    let (bytes, held) = buffer.finish();
    let bytes = held.until_sent(bytes);
    let kept = if whole && bytes.len() <= KEPT_BYTES { bytes.clone() } else { Bytes::new() };
    if !bytes.is_empty() {
        ahead.push_front(Ok(Frame::data(bytes)));
    }
    let body =
        RequestBody { ahead, rest: (!whole).then_some(body.into_rest()), timeouts, last, deadline }.boxed_unsync();
    Ok(ReadAhead { body, kept })
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if let Some(frame) = self.ahead.pop_front() {
            return Poll::Ready(Some(frame));
        }
        let Some(rest) = &mut self.rest else { return Poll::Ready(None) };
        if let Poll::Ready(frame) = Pin::new(rest).poll_frame(context) {
            let next = (Instant::now() + self.timeouts.body_chunk).min(self.last);
            self.deadline.as_mut().reset(next);
            return Poll::Ready(frame.map(|frame| frame.map_err(Error::Hyper)));
        }
        ready!(self.deadline.as_mut().poll(context));
        Poll::Ready(Some(Err(Error::ConnectionReadTimeout)))
    }

    fn is_end_stream(&self) -> bool {
        self.ahead.is_empty() && self.rest.as_ref().is_none_or(ClientBody::is_end_stream)
    }
}
