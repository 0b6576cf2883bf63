//! The body of a response, which the engine or a composed file makes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use hyper::body::{Body, Frame, SizeHint};

use super::byte_budget::{ByteBudgets, Held, NoRoom};
use super::given_up::GivenUp;
use super::monitored_stream::{Disconnected, MonitoredStream};
use super::run_to_end::Alone;
use super::streamed_body::StreamedBody;
use super::waiting_connections::Busy;

/// The body of a response. The layers around it move it some forty times for a call, so that only what most bodies have is here.
pub(crate) struct ResponseBody {
    content: Content,
    /// Set while the connection has this request.
    busy: Option<Busy>,
}

enum Content {
    Full { bytes: Bytes, is_held: bool },
    Streamed(Box<StreamedBody>),
}

impl ResponseBody {
    /// A stream of events that have room.
    pub(super) fn events(events: impl Stream<Item = Bytes> + Send + 'static) -> Self {
        StreamedBody::events(events).into()
    }

    /// A whole body that has this room.
    pub(super) fn held(bytes: Bytes, held: Held) -> Self {
        Content::Full { bytes: held.until_sent(bytes), is_held: true }.into()
    }

    /// Makes the body run to its end although its client disconnects. What it says after that is discarded.
    pub(super) fn run_to_end(self, alone: Alone) -> Self {
        self.of_stream(|body| body.run_to_end(alone))
    }

    /// Lets the body know when it is not waited for any longer, as what made its head does.
    pub(super) fn given_up_with(self, given_up: GivenUp) -> Self {
        self.of_stream(|body| body.given_up_with(given_up))
    }

    /// The body of the response to a request of a connection, which is not idle before its end. A body that a disconnect cancels has the
    /// socket.
    pub(super) fn on_connection(mut self, busy: Busy, cancelled: Option<MonitoredStream>) -> Self {
        self.busy = Some(busy);
        match cancelled {
            Some(stream) => self.of_stream(|body| body.cancelled_with(stream)),
            None => self,
        }
    }

    /// Makes room for what is sent, until it has been sent. A stream of events ends with an error where there is none. From now on a call
    /// runs to its end whether or not its events are read.
    pub(super) async fn hold(mut self, budgets: &Arc<ByteBudgets>) -> Result<Self, NoRoom> {
        match &mut self.content {
            Content::Full { is_held: true, .. } => {}
            Content::Full { bytes, is_held } => {
                *bytes = budgets.answers.hold_bytes(std::mem::take(bytes)).await?;
                *is_held = true;
            }
            Content::Streamed(body) => body.run_unread(budgets),
        }
        Ok(self)
    }

    /// Keeps the room for the body of the request until the call ends. A full body is the end of its call.
    pub(super) fn after_request(self, request: Held) -> Self {
        self.of_stream(|body| body.after_request(request))
    }

    /// Reads the body to its end, and discards it. It may take so long, if there is such a time.
    pub(super) async fn discard(self, time: Option<Duration>) {
        if let Content::Streamed(body) = self.content {
            body.discard(time).await;
        }
    }

    /// Changes a body that is a stream. A full one is made already.
    fn of_stream(mut self, change: impl FnOnce(&mut StreamedBody)) -> Self {
        if let Content::Streamed(body) = &mut self.content {
            change(body);
        }
        self
    }
}

impl From<Content> for ResponseBody {
    fn from(content: Content) -> Self {
        Self { content, busy: None }
    }
}

impl From<StreamedBody> for ResponseBody {
    fn from(body: StreamedBody) -> Self {
        Content::Streamed(Box::new(body)).into()
    }
}

impl From<server::Body> for ResponseBody {
    fn from(body: server::Body) -> Self {
        match body {
            server::Body::Full(bytes) => Content::Full { bytes, is_held: false }.into(),
            server::Body::Events(call) => StreamedBody::call(call).into(),
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
        match &mut self.content {
            Content::Full { bytes, .. } => {
                Poll::Ready((!bytes.is_empty()).then(|| Ok(Frame::data(std::mem::take(bytes)))))
            }
            Content::Streamed(body) => body.poll_next(context).map_ok(Frame::data),
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(&self.content, Content::Full { bytes, .. } if bytes.is_empty())
    }

    fn size_hint(&self) -> SizeHint {
        match &self.content {
            Content::Full { bytes, .. } => SizeHint::with_exact(bytes.len() as u64),
            Content::Streamed(_) => SizeHint::default(),
        }
    }
}
