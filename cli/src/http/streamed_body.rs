//! The body of a response that is a stream of events, and what its end depends on.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, Stream, StreamExt};
use server::CallStream;
use tokio::time::timeout;

use super::byte_budget::{ByteBudgets, Held};
use super::given_up::GivenUp;
use super::monitored_stream::{Disconnected, MonitoredStream};
use super::run_to_end::Alone;
use super::unread_events;

/// A body that comes in events.
pub(super) struct StreamedBody {
    events: Events,
    /// Set until the end of a body that runs to its end although its client disconnects.
    runs_to_end: Option<Alone>,
    /// Set until the end of a body that is told when it is not waited for any longer.
    given_up: Option<GivenUp>,
    /// Set until the end of a body that ends with the disconnect of its client.
    disconnected: Option<BoxFuture<'static, Disconnected>>,
    /// The room for the body of the request, while its call may still run.
    request: Held,
}

enum Events {
    /// Those of a call that runs in the task that reads them.
    Call(CallStream),
    /// Events that have room.
    WithRoom(BoxStream<'static, Bytes>),
}

impl StreamedBody {
    /// The events of a call that runs while they are read.
    pub(super) fn call(call: CallStream) -> Self {
        Self::from(Events::Call(call))
    }

    /// Events that have room.
    pub(super) fn events(events: impl Stream<Item = Bytes> + Send + 'static) -> Self {
        Self::from(Events::WithRoom(events.boxed()))
    }

    /// Makes the body run to its end although its client disconnects.
    pub(super) fn run_to_end(&mut self, alone: Alone) {
        self.runs_to_end = Some(alone);
    }

    /// Lets the body know when it is not waited for any longer.
    pub(super) fn given_up_with(&mut self, given_up: GivenUp) {
        self.given_up = Some(given_up);
    }

    /// Ends the body when its client disconnects.
    pub(super) fn cancelled_with(&mut self, client: MonitoredStream) {
        self.disconnected = Some(Box::pin(async move { client.disconnected().await }));
    }

    /// Keeps the room for the body of the request until the call ends.
    pub(super) fn after_request(&mut self, request: Held) {
        self.request = request;
    }

    /// Lets a call run to its end whether or not its events are read, which have room from now on.
    pub(super) fn run_unread(&mut self, budgets: &Arc<ByteBudgets>) {
        self.events = match std::mem::replace(&mut self.events, Events::none()) {
            Events::Call(call) => {
                let given_up = self.given_up.as_ref().map(GivenUp::notified);
                Events::WithRoom(unread_events::run(call, Arc::clone(budgets), given_up).boxed())
            }
            events @ Events::WithRoom(_) => events,
        };
    }

    /// The next event, or an error where the client has disconnected.
    pub(super) fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Disconnected>>> {
        let Poll::Ready(event) = self.events.poll_next(context) else {
            // The events are woken by what they are told.
            if let Some(given_up) = &mut self.given_up {
                let _ = given_up.poll_unpin(context);
            }
            let Some(disconnected) = &mut self.disconnected else { return Poll::Pending };
            return Poll::Ready(Some(Err(ready!(disconnected.as_mut().poll(context)))));
        };
        if event.is_none() {
            (self.runs_to_end, self.given_up, self.disconnected) = (None, None, None);
        }
        Poll::Ready(event.map(Ok))
    }

    /// Reads the body to its end, and discards it. It may take so long, if there is such a time.
    pub(super) async fn discard(mut self, time: Option<Duration>) {
        // Calls are ended by their own limits, and where another client waits for a connection.
        self.given_up = self.given_up.take().filter(|_| time.is_some());
        let read = async { while let Some(Ok(_)) = poll_fn(|context| self.poll_next(context)).await {} };
        match time {
            None => read.await,
            Some(time) => {
                let _ = timeout(time, read).await;
            }
        }
    }
}

impl From<Events> for StreamedBody {
    fn from(events: Events) -> Self {
        Self { events, runs_to_end: None, given_up: None, disconnected: None, request: Held::default() }
    }
}

impl Events {
    fn none() -> Self {
        Self::WithRoom(stream::empty().boxed())
    }

    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        match self {
            Self::Call(call) => call.poll_next_unpin(context),
            Self::WithRoom(events) => events.poll_next_unpin(context),
        }
    }
}

impl Drop for StreamedBody {
    fn drop(&mut self) {
        let Some(alone) = self.runs_to_end.take() else { return };
        let mut rest = Self::from(std::mem::replace(&mut self.events, Events::none()));
        rest.request = std::mem::take(&mut self.request);
        alone.discard(rest);
    }
}
