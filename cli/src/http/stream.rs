//! A client's socket: one that does not read is given up, and one that is gone is noticed.

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

/// How long a client may read nothing of an answer.
const STALL: Duration = Duration::from_secs(30);
/// How long a call goes on after the client has ended its side: it may have asked and ended at once.
const GRACE: Duration = Duration::from_secs(1);

/// A socket that is watched beside its use.
#[derive(Clone)]
pub(super) struct Watched(Arc<Mutex<TcpStream>>);

/// The socket as the connection uses it.
pub(super) struct Stream {
    socket: Watched,
    stalled: Option<Pin<Box<Sleep>>>,
}

/// The client has hung up.
#[derive(Debug, thiserror::Error)]
#[error("the client has hung up")]
pub(super) struct Gone;

impl Watched {
    pub(super) fn new(stream: TcpStream) -> Self {
        Self(Arc::new(Mutex::new(stream)))
    }

    pub(super) fn stream(&self) -> Stream {
        Stream { socket: self.clone(), stalled: None }
    }

    fn lock(&self) -> MutexGuard<'_, TcpStream> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Done when the client has ended its side. While a call runs nobody reads what else the client sent, so nobody would
    /// see the end behind it. Polled by the connection's own task, whose waker it shares.
    pub(super) async fn gone(&self) -> Gone {
        loop {
            let ended = poll_fn(|context| {
                let stream = self.lock();
                // An error comes with the closing.
                let _ = ready!(stream.poll_read_ready(context));
                let now = stream.ready(Interest::READABLE).now_or_never();
                Poll::Ready(!matches!(now, Some(Ok(now)) if !now.is_read_closed()))
            });
            let ended = ended.await;
            sleep(GRACE).await;
            if ended {
                return Gone;
            }
        }
    }
}

impl Stream {
    /// A write, unless the client has read nothing for too long.
    fn write(
        &mut self,
        context: &mut Context<'_>,
        write: impl FnOnce(Pin<&mut TcpStream>, &mut Context<'_>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(written) = write(Pin::new(&mut *self.socket.lock()), context) {
            self.stalled = None;
            return Poll::Ready(written);
        }
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(STALL)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut *self.socket.lock()).poll_read(context, into)
    }
}

impl AsyncWrite for Stream {
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
