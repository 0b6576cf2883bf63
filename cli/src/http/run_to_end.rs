//! Requests that run to their end although their client disconnects: before MCP 2026-07-28 a disconnect SHOULD NOT be read as a
//! cancellation (2025-11-25, transports, "Sending Messages to the Server").

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::Response;
use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;

use super::response_body::ResponseBody;
use super::streamed_body::StreamedBody;
use super::waiting_connections::WaitingConnections;

/// How long a request of a composed file may take after its client has closed its side: it has one of the places of all requests, and the file's
/// own limit does not count that it waits.
pub(super) const ALONE_TIMEOUT: Duration = Duration::from_secs(60);

/// The permit of a connection. A request that outlives its connection keeps the permit, so that clients that call and disconnect
/// cannot have more requests running than `--max-connections`. It ends where another client waits for the permit.
pub(super) type ConnectionPermit = Arc<Permit>;

/// A permit, and the connections among which it was given.
pub(super) struct Permit {
    permit: OwnedSemaphorePermit,
    connections: Arc<WaitingConnections>,
}

impl Permit {
    pub(super) fn new(permit: OwnedSemaphorePermit, connections: Arc<WaitingConnections>) -> ConnectionPermit {
        Arc::new(Self { permit, connections })
    }

    pub(super) fn connections(&self) -> Arc<WaitingConnections> {
        Arc::clone(&self.connections)
    }

    /// How many more connections there may be now.
    pub(super) fn free(&self) -> usize {
        self.permit.semaphore().available_permits()
    }
}

/// The response to a request, which runs to its end: if this future or its response is dropped before, the rest continues in a task
/// of its own, and what it says is discarded. The time limits of the engine and of the components still apply, and it ends sooner where
/// clients wait for connections.
pub(super) struct RunToEnd {
    response: Option<Pin<Box<dyn Future<Output = Response<ResponseBody>> + Send>>>,
    alone: Alone,
}

/// How a request goes on without its client.
#[derive(Clone)]
pub(super) struct Alone {
    permit: ConnectionPermit,
    /// How long it may take, if there is such a time.
    time: Option<Duration>,
}

impl RunToEnd {
    pub(super) fn new(
        response: impl Future<Output = Response<ResponseBody>> + Send + 'static,
        permit: ConnectionPermit,
        time: Option<Duration>,
    ) -> Self {
        Self { response: Some(Box::pin(response)), alone: Alone { permit, time } }
    }
}

impl Alone {
    /// Reads the body of a response to its end, and discards it.
    pub(super) fn discard(self, body: StreamedBody) {
        spawn(body.discard(self.time), self.permit);
    }
}

impl Future for RunToEnd {
    type Output = Response<ResponseBody>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Response<ResponseBody>> {
        // After its end a future is not polled again.
        let Some(response) = &mut self.response else { return Poll::Pending };
        let response = ready!(response.as_mut().poll(context));
        self.response = None;
        let alone = self.alone.clone();
        Poll::Ready(response.map(|body| body.run_to_end(alone)))
    }
}

impl Drop for RunToEnd {
    fn drop(&mut self) {
        if let Some(response) = self.response.take() {
            let Alone { permit, time } = self.alone.clone();
            spawn(async move { response.await.into_body().discard(time).await }, permit);
        }
    }
}

/// Continues work in a task that holds the permit, until a client waits for it. When the runtime has ended, the work ends too.
fn spawn(work: impl Future<Output = ()> + Send + 'static, permit: ConnectionPermit) {
    if let Ok(runtime) = Handle::try_current() {
        let abandoned = permit.connections.abandon();
        runtime.spawn(async move {
            tokio::select! {
                () = work => {}
                () = abandoned.ended() => {}
            }
            drop(permit);
        });
    }
}
