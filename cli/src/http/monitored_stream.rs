//! A client's socket: detects a client that reads nothing of its response, and one that has disconnected.

use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::keep_alive::KeepAlive;
use super::timeouts::{HALF_CLOSE_GRACE, Timeouts, WRITE_STALL_TIMEOUT};
use super::waiting_connections::{Activity, SlowClient};

/// A socket that is monitored while a connection uses it.
#[derive(Clone)]
pub(super) struct MonitoredStream(Arc<Mutex<TcpStream>>);

/// The half of a monitored socket that the connection reads and writes.
pub(super) struct ConnectionStream {
    socket: MonitoredStream,
    stalled: Option<Pin<Box<Sleep>>>,
    behind: Option<Behind>,
    activity: Arc<Activity>,
    keep_alive: KeepAlive,
    timeouts: Timeouts,
}

/// A client that has not read all that there is for it.
struct Behind {
    since: Instant,
    /// Completes when another client waits for the connection.
    cut_off: BoxFuture<'static, ()>,
}

impl Behind {
    fn new(client: SlowClient) -> Self {
        Self { since: Instant::now(), cut_off: async move { client.cut_off().await }.boxed() }
    }
}

/// The client has disconnected.
#[derive(Debug, thiserror::Error)]
#[error("the client has disconnected")]
pub(crate) struct Disconnected;

impl MonitoredStream {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Mutex::new(stream)))
    }

    pub(super) fn stream(&self, activity: Arc<Activity>, timeouts: Timeouts) -> ConnectionStream {
        ConnectionStream {
            socket: self.clone(),
            stalled: None,
            behind: None,
            activity,
            keep_alive: KeepAlive::new(timeouts),
            timeouts,
        }
    }

    fn lock(&self) -> MutexGuard<'_, TcpStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Completes when the client has closed its side, after a grace period. While a call runs, hyper does not read what else the
    /// client sent, and so does not see the end of the stream behind it. The task of the connection polls this, and its waker
    /// serves both.
    pub(super) async fn disconnected(&self) -> Disconnected {
        loop {
            let is_closed = poll_fn(|context| {
                let stream = self.lock();
                // An error comes with the end of the stream.
                let _ = ready!(stream.poll_read_ready(context));
                let now = stream.ready(Interest::READABLE).now_or_never();
                Poll::Ready(!matches!(now, Some(Ok(now)) if !now.is_read_closed()))
            });
            let is_closed = is_closed.await;
            sleep(HALF_CLOSE_GRACE).await;
            if is_closed {
                return Disconnected;
            }
        }
    }
}

impl ConnectionStream {
    /// Writes, or fails if the client has read nothing for too long, or has been behind for too long or while another client waits for the
    /// connection.
    fn write(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = write(Pin::new(&mut *self.socket.lock()), context) {
            self.stalled = None;
            // What is read slowly does not make the connection idle.
            self.keep_alive.restart();
            return Poll::Ready(written);
        }
        let behind = self.behind.get_or_insert_with(|| Behind::new(self.activity.fall_behind()));
        let deadline = (Instant::now() + WRITE_STALL_TIMEOUT).min(behind.since + self.timeouts.behind);
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if stalled.as_mut().poll(context).is_pending() {
            ready!(behind.cut_off.as_mut().poll(context));
        }
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for ConnectionStream {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let read = Pin::new(&mut *this.socket.lock()).poll_read(context, into);
        match this.activity.is_idle() && this.stalled.is_none() {
            true => this.keep_alive.limit(read, &this.activity, context),
            false => read,
        }
    }
}

impl AsyncWrite for ConnectionStream {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.write(context, |stream, context| stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.write(context, |stream, context| stream.poll_write_vectored(context, parts))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// hyper flushes when it has written all that it has.
    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.behind = None;
        self.activity.written();
        Pin::new(&mut *self.socket.lock()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.socket.lock()).poll_shutdown(context)
    }
}
