//! Connections: accepted, bounded, and ended in good order.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;

use super::body::Outgoing;
use super::stream::Watched;

/// A client that is slower than this with the head of a request, or has none to send, is cut off. Tests do not wait that long.
const HEAD_TIMEOUT: Duration = Duration::from_millis(if cfg!(test) { 500 } else { 30_000 });
/// The largest head.
const HEAD_SIZE: usize = 64 << 10;
/// The most headers of a request.
const HEADERS: usize = 128;
/// How long calls may go on after the signal to stop.
const DRAIN: Duration = Duration::from_secs(10);

/// What answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// The answer to one request. It is dropped when the client goes away.
    fn answer(&self, request: Request<Incoming>) -> impl Future<Output = Response<Outgoing>> + Send;
}

/// An address that clients can connect to.
pub(crate) struct Listener {
    socket: TcpListener,
    /// How many connections there may still be; each has a descriptor and buffers.
    free: Arc<Semaphore>,
}

impl Listener {
    /// Takes the address, so that one in use is known before anything else is done.
    pub(crate) async fn bind(address: SocketAddr, connections: u32) -> std::io::Result<Self> {
        let free = usize::try_from(connections).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Ok(Self { socket: TcpListener::bind(address).await?, free: Arc::new(Semaphore::new(free)) })
    }

    /// The address, with the port that the system chose.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// The next connection, when there is room for it.
    async fn accept(&self) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
        let room = self.free.clone().acquire_owned().await.map_err(std::io::Error::other)?;
        let (stream, _) = self.socket.accept().await?;
        Ok((stream, room))
    }

    /// Serves until `stop` is done, then lets calls end.
    pub(crate) async fn serve(self, service: impl Service, stop: impl Future<Output = ()>) {
        let service = Arc::new(service);
        let (connections, mut tasks) = (GracefulShutdown::new(), JoinSet::new());
        let http = http();
        tokio::pin!(stop);
        loop {
            let stream = tokio::select! {
                () = &mut stop => break,
                Some(_) = tasks.join_next() => continue,
                accepted = self.accept() => accepted,
            };
            match stream {
                Ok((stream, room)) => start(&http, stream, room, &service, &connections, &mut tasks),
                // Of one connection, or of all while the process has no descriptors left: waiting helps against both.
                Err(error) => {
                    eprintln!("wasmcp: a connection was not accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        drop(self);
        if tokio::time::timeout(DRAIN, connections.shutdown()).await.is_err() {
            eprintln!("wasmcp: calls that took more than {DRAIN:?} to end were dropped");
        }
        tasks.shutdown().await;
    }
}

fn http() -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIMEOUT)
        .max_header_size(HEAD_SIZE)
        .max_headers(HEADERS)
        // Only so much of a body is read ahead of the engine.
        .max_buf_size(256 << 10);
    http
}

fn start(
    http: &http1::Builder,
    stream: TcpStream,
    room: OwnedSemaphorePermit,
    service: &Arc<impl Service>,
    connections: &GracefulShutdown,
    tasks: &mut JoinSet<()>,
) {
    // Answers are written whole: waiting for more only delays them.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let watched = Watched::new(stream);
    let (service, watch) = (service.clone(), watched.clone());
    let answer = service_fn(move |request| {
        let service = service.clone();
        let watch = watch.clone();
        async move {
            tokio::select! {
                biased;
                response = service.answer(request) => Ok(response),
                gone = watch.gone() => Err(gone),
            }
        }
    });
    let connection = connections.watch(http.serve_connection(TokioIo::new(watched.stream()), answer));
    tasks.spawn(async move {
        let _room = room;
        // A client that breaks the protocol or goes away is no fault of the server.
        let _ = connection.await;
    });
}

#[cfg(test)]
#[path = "listen_tests.rs"]
mod tests;
