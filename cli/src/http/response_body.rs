//! The body of a response, which the engine or a composed file makes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use futures_util::{FutureExt, Stream, StreamExt};
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, SizeHint};
use server::CallStream;
use tokio::time::timeout;

use super::byte_budget::{ByteBudgets, Held, NoRoom};
use super::given_up::GivenUp;
use super::monitored_stream::{Disconnected, MonitoredStream};
use super::run_to_end::Alone;
use super::unread_events;
use super::waiting_connections::Busy;

/// The body of a response.
pub(crate) struct ResponseBody {
    content: Content,
    /// Set until the end of a body that runs to its end although its client disconnects.
    runs_to_end: Option<Alone>,
    /// Set until the end of a body that is told when it is not waited for any longer.
    given_up: Option<GivenUp>,
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
    Events(BoxStream<'static, Bytes>),
}

impl ResponseBody {
    /// A stream of events that have room.
    pub(super) fn events(events: impl Stream<Item = Bytes> + Send + 'static) -> Self {
        Content::Events(events.boxed()).into()
    }

    /// A whole body that has this room.
    pub(super) fn held(bytes: Bytes, held: Held) -> Self {
        let mut body = Self::from(Content::Full(held.until_sent(bytes)));
        body.is_held = true;
        body
    }

    /// Makes the body run to its end although its client disconnects. What it says after that is discarded.
    pub(super) fn run_to_end(mut self, alone: Alone) -> Self {
        // A full body is made already.
        self.runs_to_end = (!matches!(self.content, Content::Full(_))).then_some(alone);
        self
    }

    /// Lets the body know when it is not waited for any longer, as what made its head does.
    pub(super) fn given_up_with(mut self, given_up: GivenUp) -> Self {
        self.given_up = (!matches!(self.content, Content::Full(_))).then_some(given_up);
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

    /// Makes room for what is sent, until it has been sent. A stream of events ends with an error where there is none. From now on a call
    /// runs to its end whether or not its events are read.
    pub(super) async fn hold(mut self, budgets: &Arc<ByteBudgets>) -> Result<Self, NoRoom> {
        if self.is_held {
            return Ok(self);
        }
        self.content = match std::mem::replace(&mut self.content, Content::Full(Bytes::new())) {
            Content::Full(bytes) => Content::Full(budgets.answers.hold_bytes(bytes).await?),
            Content::Call(call) => {
                let given_up = self.given_up.as_ref().map(GivenUp::told);
                Content::Events(unread_events::run(call, Arc::clone(budgets), given_up).boxed())
            }
            events @ Content::Events(_) => events,
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

    /// Reads the body to its end, and discards it. It may take so long, if there is such a time.
    pub(super) async fn discard(mut self, time: Option<Duration>) {
        // Calls are ended by their own limits, and where another client waits for a connection.
        self.given_up = self.given_up.take().filter(|_| time.is_some());
        let read = async { while let Some(Ok(_)) = self.frame().await {} };
        match time {
            None => read.await,
            Some(time) => {
                let _ = timeout(time, read).await;
            }
        }
    }
}

impl From<Content> for ResponseBody {
    fn from(content: Content) -> Self {
        Self {
            content,
            runs_to_end: None,
            given_up: None,
            disconnected: None,
            busy: None,
            request: Held::default(),
            is_held: false,
        }
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
    type Error = Disconnected;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Disconnected>>> {
        let Poll::Ready(bytes) = self.content.poll_next(context) else {
            // The content is woken by what it is told.
            if let Some(given_up) = &mut self.given_up {
                let _ = given_up.poll_unpin(context);
            }
            let Some(disconnected) = &mut self.disconnected else { return Poll::Pending };
            return Poll::Ready(Some(Err(ready!(disconnected.as_mut().poll(context)))));
        };
        if bytes.is_none() {
            (self.runs_to_end, self.given_up, self.disconnected) = (None, None, None);
        }
        Poll::Ready(bytes.map(|bytes| Ok(Frame::data(bytes))))
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
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        match self {
            Self::Full(bytes) => Poll::Ready((!bytes.is_empty()).then(|| std::mem::take(bytes))),
            Self::Call(call) => call.poll_next_unpin(context),
            Self::Events(events) => events.poll_next_unpin(context),
        }
    }
}

impl Drop for ResponseBody {
    fn drop(&mut self) {
        let Some(alone) = self.runs_to_end.take() else { return };
        let mut rest = Self::from(std::mem::replace(&mut self.content, Content::Full(Bytes::new())));
        rest.request = std::mem::take(&mut self.request);
        alone.discard(rest);
    }
}
