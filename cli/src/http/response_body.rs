//! The body of a response, which the engine or a composed file makes.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::Stream;
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Frame, SizeHint};
use wasmtime_wasi_http::WasiBody;

use super::idle::Busy;
use super::monitored_stream::{Disconnected, MonitoredStream};
use super::run_to_end::{ConnectionPermit, spawn};
use crate::host::Work;

/// The body of a response.
pub(crate) struct ResponseBody {
    content: Content,
    /// Set until the end of a body that runs to its end although its client disconnects.
    runs_to_end: Option<ConnectionPermit>,
    /// Set until the end of a body that ends with the disconnect of its client.
    disconnected: Option<Pin<Box<dyn Future<Output = Disconnected> + Send>>>,
    /// Set while the connection has this request.
    busy: Option<Busy>,
}

enum Content {
    Full(Full<Bytes>),
    Events(Pin<Box<dyn Stream<Item = Bytes> + Send>>),
    /// The body that a composed file makes, with the work that makes it.
    Composed(WasiBody, Option<Work>),
}

/// The connection is closed before the body is complete.
type BodyFailure = Box<dyn std::error::Error + Send + Sync>;

impl ResponseBody {
    /// The body that a composed file makes.
    pub(super) fn composed(body: WasiBody, work: Work) -> Self {
        Content::Composed(body, Some(work)).into()
    }

    /// Makes the body run to its end although its client disconnects. What it says after that is discarded.
    pub(super) fn run_to_end(mut self, permit: ConnectionPermit) -> Self {
        // A full body is made already.
        self.runs_to_end = (!matches!(self.content, Content::Full(_))).then_some(permit);
        self
    }

    /// The body of the response to a request of a connection, which is not idle before its end. A body that a disconnect cancels has the
    /// socket.
    pub(super) fn on_connection(mut self, busy: Busy, cancelled: Option<MonitoredStream>) -> Self {
        let cancelled = cancelled.filter(|_| !matches!(self.content, Content::Full(_)));
        self.disconnected = cancelled.map(|stream| Box::pin(async move { stream.disconnected().await }) as _);
        self.busy = Some(busy);
        self
    }

    /// Reads the body to its end, and discards it.
    pub(super) async fn discard(mut self) {
        while let Some(Ok(_)) = self.frame().await {}
    }
}

impl From<Content> for ResponseBody {
    fn from(content: Content) -> Self {
        Self { content, runs_to_end: None, disconnected: None, busy: None }
    }
}

impl From<server::Body> for ResponseBody {
    fn from(body: server::Body) -> Self {
        match body {
            server::Body::Full(bytes) => Content::Full(Full::new(bytes)).into(),
            server::Body::Events(events) => Content::Events(events).into(),
        }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BodyFailure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BodyFailure>>> {
        let Poll::Ready(frame) = self.content.poll_frame(context) else {
            let Some(disconnected) = &mut self.disconnected else { return Poll::Pending };
            return Poll::Ready(Some(Err(ready!(disconnected.as_mut().poll(context)).into())));
        };
        if !matches!(frame, Some(Ok(_))) {
            (self.runs_to_end, self.disconnected) = (None, None);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.content {
            Content::Full(body) => body.is_end_stream(),
            Content::Events(_) => false,
            Content::Composed(body, work) => work.is_none() && body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Full(body) => body.size_hint(),
            Content::Events(_) => SizeHint::default(),
            Content::Composed(body, _) => body.size_hint(),
        }
    }
}

impl Content {
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFailure>>> {
        match self {
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
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        let Some(permit) = self.runs_to_end.take() else { return };
        let content = std::mem::replace(&mut self.content, Content::Full(Full::default()));
        spawn(Self::from(content).discard(), permit);
    }
}
