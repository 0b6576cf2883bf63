//! The body of a request as its client sends it. What the server does not read of it is read on and dropped for a while: a client that is
//! still writing when its connection is closed would lose the answer (RFC 9112 §9.6).

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::FutureExt;
use http::header::EXPECT;
use http::{HeaderMap, Request};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until, timeout_at};

use super::byte_budget::{ByteBudgets, Held, NoRoom};
use super::timeouts::Timeouts;
use super::waiting_connections::{Activity, SlowClient};

/// How many bytes of a body are read on and dropped.
const DISCARD_BYTES: usize = 64 << 20;

/// The body of a request.
pub(crate) struct ClientBody {
    body: Option<Incoming>,
    is_read: IsRead,
    /// The client does not send the body before the server asks for it (RFC 9110 §10.1.1).
    waits: bool,
    limits: BodyLimits,
    /// There once the client has been waited for.
    receiving: Option<SlowClient>,
    is_cut_off: bool,
}

/// What bounds the bodies on one connection.
#[derive(Clone)]
pub(super) struct BodyLimits {
    pub(super) timeouts: Timeouts,
    pub(super) budgets: Arc<ByteBudgets>,
    pub(super) activity: Arc<Activity>,
}

/// The next part of a body has not come in time, or another client needs the connection.
pub(super) struct TooSlow;

/// Whether a body has been read to its end.
#[derive(Clone)]
pub(super) struct IsRead(Arc<AtomicBool>);

impl IsRead {
    pub(super) fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl ClientBody {
    /// The request with its body as the server reads it.
    pub(super) fn of(request: Request<Incoming>, limits: BodyLimits) -> (Request<Self>, IsRead) {
        let (head, body) = request.into_parts();
        let is_read = IsRead(Arc::new(AtomicBool::new(body.is_end_stream())));
        let body = Self {
            body: Some(body),
            is_read: is_read.clone(),
            waits: waits(&head.headers),
            limits,
            receiving: None,
            is_cut_off: false,
        };
        (Request::from_parts(head, body), is_read)
    }

    /// The next frame, or none at the end of the body.
    pub(super) async fn next(
        &mut self,
        deadline: Instant,
    ) -> Result<Option<Result<Frame<Bytes>, hyper::Error>>, TooSlow> {
        // Most bodies are there with their heads.
        if let Some(frame) = self.frame().now_or_never() {
            return Ok(frame);
        }
        let receiving = self.receiving.take().unwrap_or_else(|| self.limits.activity.receive());
        let next = tokio::select! {
            frame = self.frame() => Ok(frame),
            () = receiving.cut_off() => {
                self.is_cut_off = true;
                Err(TooSlow)
            }
            () = sleep_until(deadline) => Err(TooSlow),
        };
        self.receiving = Some(receiving).filter(|_| !self.is_read.get());
        next
    }

    /// Hands the rest to a reader that does not call [`next`](Self::next), and cannot be told that it takes too long.
    pub(super) fn into_rest(mut self) -> Self {
        self.receiving = None;
        self
    }

    /// The budgets of the listener.
    pub(super) fn budgets(&self) -> Arc<ByteBudgets> {
        Arc::clone(&self.limits.budgets)
    }

    /// Makes room for what is kept of the body, which has so many bytes now.
    pub(super) async fn hold(&self, held: &mut Held, bytes: usize) -> Result<(), NoRoom> {
        self.limits.budgets.bodies.hold(held, bytes).await
    }
}

fn waits(headers: &HeaderMap) -> bool {
    headers.get(EXPECT).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"))
}

impl Body for ClientBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else { return Poll::Ready(None) };
        let frame = ready!(Pin::new(&mut *body).poll_frame(context));
        if frame.is_none() || body.is_end_stream() {
            self.is_read.0.store(true, Ordering::Relaxed);
        }
        self.waits = false;
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Incoming::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map_or_else(SizeHint::default, Incoming::size_hint)
    }
}

impl Drop for ClientBody {
    fn drop(&mut self) {
        let unread = self.body.take().filter(|_| !self.is_read.get() && !self.waits && !self.is_cut_off);
        if let (Some(body), Ok(runtime)) = (unread, Handle::try_current()) {
            runtime.spawn(discard(body, self.limits.timeouts));
        }
    }
}

/// Reads on and drops what it reads, until the body ends, its client stalls, or it has taken too long or is too large.
async fn discard(mut body: Incoming, timeouts: Timeouts) {
    let deadline = Instant::now() + timeouts.discard;
    let mut left = DISCARD_BYTES;
    while let Ok(Some(Ok(frame))) =
        timeout_at((Instant::now() + timeouts.discard_chunk).min(deadline), body.frame()).await
    {
        match left.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
            Some(rest) => left = rest,
            None => return,
        }
    }
}
