//! Bodies on their way in and out.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use server::BodyError;
use tokio::time::{Instant, timeout_at};
use wasmtime_wasi_http::WasiBody;

use crate::host::Work;

/// Every part of a body must come within this time, and all of it within ten times as much. Tests do not wait that long.
pub(super) const PACE: Duration = Duration::from_millis(if cfg!(test) { 100 } else { 10_000 });

/// Reads a body of at most `limit` bytes. A body that comes in one part, as most do, is not copied.
pub(super) async fn read(mut body: Incoming, limit: usize) -> Result<Bytes, BodyError> {
    let last = Instant::now() + PACE * 10;
    let mut whole = Bytes::new();
    let mut parts = BytesMut::new();
    loop {
        let next = timeout_at((Instant::now() + PACE).min(last), body.frame());
        let Some(frame) = next.await.map_err(|_| BodyError::TooSlow)? else { break };
        let Ok(part) = frame.map_err(|_| BodyError::CutShort)?.into_data() else { continue };
        if whole.len() + parts.len() + part.len() > limit {
            return Err(BodyError::TooLarge);
        }
        if whole.is_empty() && parts.is_empty() {
            whole = part;
        } else {
            parts.extend_from_slice(&std::mem::take(&mut whole));
            parts.extend_from_slice(&part);
        }
        if body.is_end_stream() {
            break;
        }
    }
    Ok(if parts.is_empty() { whole } else { parts.freeze() })
}

/// The body of a response.
pub(crate) enum Outgoing {
    Full(Full<Bytes>),
    Events(Pin<Box<dyn Stream<Item = Bytes> + Send>>),
    /// Of a composed file, with the work that makes it.
    Composed(WasiBody, Option<Work>),
}

/// The connection is closed before the body is whole.
type Broken = Box<dyn std::error::Error + Send + Sync>;

impl From<server::Body> for Outgoing {
    fn from(body: server::Body) -> Self {
        match body {
            server::Body::Full(bytes) => Self::Full(Full::new(bytes)),
            server::Body::Events(events) => Self::Events(events),
        }
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match &mut *self {
            Self::Full(body) => Pin::new(body).poll_frame(context).map_err(Into::into),
            Self::Events(events) => {
                events.as_mut().poll_next(context).map(|event| event.map(|event| Ok(Frame::data(event))))
            }
            Self::Composed(body, work) => {
                let frame = ready!(Pin::new(body).poll_frame(context));
                if frame.is_none()
                    && let Some(work) = work.take()
                {
                    work.finish();
                }
                Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Full(body) => body.is_end_stream(),
            Self::Events(_) => false,
            Self::Composed(body, work) => work.is_none() && body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Full(body) => body.size_hint(),
            Self::Events(_) => SizeHint::default(),
            Self::Composed(body, _) => body.size_hint(),
        }
    }
}
