//! When a request is given up that runs although its client has closed its side.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::sync::Notify;
use tokio::time::timeout;

use super::monitored_stream::MonitoredStream;
use super::waiting_connections::WaitingConnections;

/// Completes when the client of a request has closed its side for this long, if there is such a time, or has closed it while another client
/// waits for a connection. What answers the request is told so while this is polled.
pub(super) struct GivenUp {
    waits: BoxFuture<'static, ()>,
    notify: Arc<Notify>,
}

impl GivenUp {
    pub(super) fn new(client: MonitoredStream, time: Option<Duration>, waiting: Arc<WaitingConnections>) -> Self {
        let notify = Arc::new(Notify::new());
        let of_wait = Arc::clone(&notify);
        let waits = async move {
            let _ = client.disconnected().await;
            let abandoned = waiting.abandon();
            match time {
                None => abandoned.ended().await,
                Some(time) => {
                    let _ = timeout(time, abandoned.ended()).await;
                }
            }
            of_wait.notify_one();
        };
        // The body of the response polls this on when it has completed.
        Self { waits: waits.fuse().boxed(), notify }
    }

    /// Completes once the request is given up. One alone is told so.
    pub(super) fn notified(&self) -> impl Future<Output = ()> + Send + 'static {
        Arc::clone(&self.notify).notified_owned()
    }
}

impl Future for GivenUp {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.waits.as_mut().poll(context)
    }
}
