//! A client's socket: detects a client that reads nothing of its response, and one that has disconnected.

use std::future::poll_fn;
use std::io::{self, ErrorKind, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::FutureExt;
use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long a client may read nothing of a response.
const WRITE_STALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a call continues after the client has closed its side: a client may close it right after its request.
const HALF_CLOSE_GRACE: Duration = Duration::from_secs(1);

/// A socket that is monitored while a connection uses it.
#[derive(Clone)]
pub(super) struct MonitoredStream(Arc<Mutex<TcpStream>>);

/// The half of a monitored socket that the connection reads and writes.
pub(super) struct ConnectionStream {
    socket: MonitoredStream,
    stalled: Option<Pin<Box<Sleep>>>,
}

/// The client has disconnected.
#[derive(Debug, thiserror::Error)]
#[error("the client has disconnected")]
pub(super) struct Disconnected;

impl MonitoredStream {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Mutex::new(stream)))
    }

    pub(super) fn stream(&self) -> ConnectionStream {
        ConnectionStream { socket: self.clone(), stalled: None }
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
    /// Writes, or fails if the client has read nothing for too long.
    fn write(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = write(Pin::new(&mut *self.socket.lock()), context) {
            self.stalled = None;
            return Poll::Ready(written);
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(WRITE_STALL_TIMEOUT)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for ConnectionStream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.socket.lock()).poll_read(context, into)
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

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.socket.lock()).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.socket.lock()).poll_shutdown(context)
    }
}
