//! The body of a response, which the engine or a composed file makes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use server::CallStream;

use super::byte_budget::{ByteBudgets, Held, NoRoom};
use super::monitored_stream::{Disconnected, MonitoredStream};
use super::run_to_end::{ConnectionPermit, spawn};
use super::unread_events;
use super::waiting_connections::Busy;

/// The body of a response.
pub(crate) struct ResponseBody {
    content: Content,
    /// Set until the end of a body that runs to its end although its client disconnects.
    runs_to_end: Option<ConnectionPermit>,
    /// Set until the end of a body that ends with the disconnect of its client.
    disconnected: Option<Pin<Box<dyn Future<Output = Disconnected> + Send>>>,
    /// Set while the connection has this request.
    busy: Option<Busy>,
    /// The room for the body of the request, while its call may still run.
    request: Held,
    /// Whether there is room for all of it already.
    is_held: bool,
}

enum Content {
    Full(Bytes),
    /// A call that runs in the task that reads its events.
    Call(CallStream),
    Events(Pin<Box<dyn Stream<Item = Result<Bytes, BodyFailure>> + Send>>),
}

/// The connection is closed before the body is complete.
pub(super) type BodyFailure = Box<dyn std::error::Error + Send + Sync>;

impl ResponseBody {
    /// A stream of events that may fail before its end.
    pub(super) fn events(events: impl Stream<Item = Result<Bytes, BodyFailure>> + Send + 'static) -> Self {
        Content::Events(Box::pin(events)).into()
    }

    /// A whole body that has this room.
    pub(super) fn held(bytes: Bytes, held: Held) -> Self {
        let mut body = Self::from(Content::Full(held.until_sent(bytes)));
        body.is_held = true;
        body
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

    /// Makes room for what is sent, until it has been sent. A stream of events ends where there is none. From now on a call runs to its
    /// end whether or not its events are read.
    pub(super) async fn hold(mut self, budgets: &Arc<ByteBudgets>) -> Result<Self, NoRoom> {
        if self.is_held {
            return Ok(self);
        }
        self.content = match std::mem::replace(&mut self.content, Content::Full(Bytes::new())) {
            Content::Full(bytes) => Content::Full(budgets.answers.hold_bytes(bytes).await?),
            Content::Call(call) => {
                Content::Events(Box::pin(unread_events::run(call, Arc::clone(budgets)).map(|event| Ok(event?))))
            }
            Content::Events(events) => {
                let budgets = Arc::clone(budgets);
                Content::Events(Box::pin(events.then(move |event| {
                    let budgets = Arc::clone(&budgets);
                    async move { Ok(budgets.answers.hold_bytes(event?).await?) }
                })))
            }
        };
        Ok(self)
    }

    /// Keeps the room for the body of the request until the call ends. A full body is the end of its call.
    pub(super) fn after_request(mut self, request: Held) -> Self {
        if !matches!(self.content, Content::Full(_)) {
            self.request = request;
        }
        self
    }

    /// Reads the body to its end, and discards it.
    pub(super) async fn discard(mut self) {
        while let Some(Ok(_)) = self.frame().await {}
    }
}

impl From<Content> for ResponseBody {
    fn from(content: Content) -> Self {
        Self { content, runs_to_end: None, disconnected: None, busy: None, request: Held::default(), is_held: false }
    }
}

impl From<server::Body> for ResponseBody {
    fn from(body: server::Body) -> Self {
        match body {
            server::Body::Full(bytes) => Content::Full(bytes).into(),
            server::Body::Events(call) => Content::Call(call).into(),
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
            Content::Full(bytes) => bytes.is_empty(),
            Content::Call(_) | Content::Events(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Content::Call(_) | Content::Events(_) => SizeHint::default(),
        }
    }
}

impl Content {
    fn poll_frame(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyFailure>>> {
        match self {
            Self::Full(bytes) => Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(std::mem::take(bytes))))),
            Self::Call(call) => call.poll_next_unpin(context).map(|event| event.map(|event| Ok(Frame::data(event)))),
            Self::Events(events) => {
                let event = ready!(events.as_mut().poll_next(context));
                Poll::Ready(event.map(|event| Ok(Frame::data(event?))))
            }
        }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        let Some(permit) = self.runs_to_end.take() else { return };
        let content = std::mem::replace(&mut self.content, Content::Full(Bytes::new()));
        spawn(Self::from(content).discard(), permit);
    }
}
