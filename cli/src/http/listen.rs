//! Connections: accepts them, limits their number, and ends them gracefully.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use server::OnDisconnect;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::monitored_stream::MonitoredStream;
use super::response_body::ResponseBody;
use super::run_to_end::{ConnectionPermit, RunToEnd};
use super::timeouts::Timeouts;

/// The largest head of a request, in bytes.
const MAX_HEAD_SIZE: usize = 64 << 10;
/// The most headers of a request.
const MAX_HEADERS: usize = 128;
/// How long calls may continue after the signal to stop.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(10);

/// Answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// Answers one request. When the client disconnects, the future is dropped, unless the request [runs to its end](RunToEnd).
    fn answer(
        &self,
        request: Request<Incoming>,
        timeouts: Timeouts,
    ) -> impl Future<Output = Response<ResponseBody>> + Send;
}

/// A listening socket.
pub(crate) struct Listener {
    socket: TcpListener,
    /// The most connections at once; each has a descriptor and buffers.
    connections: u32,
    /// A permit for each connection that there may still be.
    free: Arc<Semaphore>,
    timeouts: Timeouts,
}

impl Listener {
    /// Binds the address, so that an address in use is an error before anything else is done.
    pub(crate) async fn bind(address: SocketAddr, connections: u32) -> std::io::Result<Self> {
        let free = usize::try_from(connections).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        let (socket, free) = (TcpListener::bind(address).await?, Arc::new(Semaphore::new(free)));
        Ok(Self { socket, connections, free, timeouts: Timeouts::default() })
    }

    /// The address, with the port that the system chose if it was 0.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Accepts the next connection, once there is a permit for it.
    async fn accept(&self) -> std::io::Result<(TcpStream, ConnectionPermit)> {
        let permit = self.free.clone().acquire_owned().await.map_err(std::io::Error::other)?;
        let (stream, _) = self.socket.accept().await?;
        Ok((stream, Arc::new(permit)))
    }

    /// Serves until `stop` completes, then waits for the calls that still run.
    pub(crate) async fn serve(self, service: impl Service, stop: impl Future<Output = ()>) {
        let service = Arc::new(service);
        let (connections, mut tasks) = (GracefulShutdown::new(), JoinSet::new());
        let http = http(&self.timeouts);
        tokio::pin!(stop);
        loop {
            let stream = tokio::select! {
                () = &mut stop => break,
                Some(_) = tasks.join_next() => continue,
                accepted = self.accept() => accepted,
            };
            match stream {
                Ok((stream, permit)) => {
                    let service = Arc::clone(&service);
                    start(&http, (stream, permit), (service, self.timeouts), &connections, &mut tasks);
                }
                // The error is of one connection, or of all while the process has no descriptors left. Waiting helps against both.
                Err(error) => {
                    eprintln!("wasmcp: a connection was not accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
        let Self { socket, connections: all, free, .. } = self;
        drop(socket);
        let drained = async {
            connections.shutdown().await;
            // Calls that outlive their connection hold permits too.
            let _ = free.acquire_many(all).await;
        };
        if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
            eprintln!("wasmcp: calls that took more than {DRAIN_TIMEOUT:?} to end were dropped");
        }
        tasks.shutdown().await;
    }
}

fn http(timeouts: &Timeouts) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(timeouts.head)
        .max_header_size(MAX_HEAD_SIZE)
        .max_headers(MAX_HEADERS)
        // hyper reads at most this much of a body ahead of the engine.
        .max_buf_size(256 << 10);
    http
}

fn start(
    http: &http1::Builder,
    (stream, permit): (TcpStream, ConnectionPermit),
    (service, timeouts): (Arc<impl Service>, Timeouts),
    connections: &GracefulShutdown,
    tasks: &mut JoinSet<()>,
) {
    // Responses are written whole: waiting for more would only delay them.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let monitored = MonitoredStream::new(stream);
    let io = TokioIo::new(monitored.stream());
    let held = permit.clone();
    let answer = service_fn(move |request| {
        let (service, monitored, permit) = (service.clone(), monitored.clone(), permit.clone());
        async move {
            tokio::select! {
                biased;
                response = respond(service, request, timeouts, permit) => Ok(response),
                disconnected = monitored.disconnected() => Err(disconnected),
            }
        }
    });
    let connection = connections.watch(http.serve_connection(io, answer));
    tasks.spawn(async move {
        let _permit = held;
        // A client that breaks the protocol or disconnects is no error of the server.
        let _ = connection.await;
    });
}

/// Answers a request so that the disconnect of its client has the effect that the version of the protocol gives it.
async fn respond(
    service: Arc<impl Service>,
    request: Request<Incoming>,
    timeouts: Timeouts,
    permit: ConnectionPermit,
) -> Response<ResponseBody> {
    match OnDisconnect::of(request.headers()) {
        OnDisconnect::Cancel => service.answer(request, timeouts).await,
        OnDisconnect::Continue => RunToEnd::new(async move { service.answer(request, timeouts).await }, permit).await,
    }
}

#[cfg(test)]
#[path = "listen_tests.rs"]
mod tests;
