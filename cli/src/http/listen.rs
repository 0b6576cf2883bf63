//! Connections: accepts them, limits their number, and ends them gracefully.

use std::future::pending;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue};
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use server::{ClientAddress, GatewayError, OnDisconnect};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use super::byte_budget::{ByteBudgets, NoRoom};
use super::client_body::{BodyLimits, ClientBody};
use super::drain::{Phase, drain, reached};
use super::given_up::GivenUp;
use super::monitored_stream::MonitoredStream;
use super::response_body::ResponseBody;
use super::run_to_end::{ConnectionPermit, Permit, RunToEnd};
use super::timeouts::Timeouts;
use super::waiting_connections::{Activity, WaitingConnections};

/// The largest head of a request, in bytes.
const MAX_HEAD_SIZE: usize = 64 << 10;
/// How many bytes hyper reads of a body ahead of the engine: no more than it needs for the largest head. Each connection has such a buffer.
const MAX_BUFFER_SIZE: usize = 72 << 10;
/// The most headers of a request.
const MAX_HEADERS: usize = 128;
/// How long the service has to answer a call itself that the listener does not wait for any longer, which it does at once: it knows the id of
/// the request, unless it still reads it.
const ENGINE_ANSWER_TIMEOUT: Duration = Duration::from_millis(200);
/// How long an idle connection may take to close before the next one is asked, and how often clients that wait look for slow ones.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(1);

/// How often it is logged that connections are not accepted.
const REFUSED_LOG_INTERVAL: Duration = Duration::from_secs(1);

/// Answers requests.
pub(crate) trait Service: Send + Sync + 'static {
    /// How long a request that runs to its end may take after its client has closed its side. None where the limits of its calls end
    /// it.
    fn time_alone(&self) -> Option<Duration> {
        None
    }

    /// Answers one request. When the client disconnects, the future is dropped, unless the request [runs to its end](RunToEnd). Such a
    /// request is not waited for any longer once `given_up` has completed: what it has not done then, it answers with an error that says that
    /// it may have run. So does the stream of its answer, which is polled with what completes `given_up`.
    fn answer(
        &self,
        request: Request<ClientBody>,
        timeouts: Timeouts,
        given_up: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = Response<ResponseBody>> + Send;
}

/// What a listener gives its clients.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListenerLimits {
    /// The most connections at once; each has a descriptor and buffers.
    pub(crate) connections: u32,
    /// How long a connection may be idle.
    pub(crate) keep_alive: Duration,
    /// How long calls may continue after the signal to stop.
    pub(crate) drain: Duration,
}

/// A listening socket.
pub(crate) struct Listener {
    socket: TcpListener,
    limits: ListenerLimits,
    /// A permit for each connection that there may still be.
    free: Arc<Semaphore>,
    waiting: Arc<WaitingConnections>,
    phase: watch::Sender<Phase>,
    timeouts: Timeouts,
    budgets: Arc<ByteBudgets>,
}

impl Listener {
    /// Binds the address, so that an address in use is an error before anything else is done.
    pub(crate) async fn bind(address: SocketAddr, limits: ListenerLimits) -> std::io::Result<Self> {
        let free = usize::try_from(limits.connections).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Ok(Self {
            socket: TcpListener::bind(address).await?,
            limits,
            free: Arc::new(Semaphore::new(free)),
            waiting: Arc::default(),
            phase: watch::Sender::default(),
            timeouts: Timeouts { keep_alive: limits.keep_alive, ..Timeouts::default() },
            budgets: Arc::default(),
        })
    }

    /// The address, with the port that the system chose if it was 0.
    pub(crate) fn address(&self) -> std::io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Completes when the listener does not wait for calls any longer.
    pub(crate) fn end_of_calls(&self) -> impl Future<Output = ()> + Send + 'static {
        reached(self.phase.subscribe(), Phase::Ending)
    }

    /// Accepts the next connection, and waits for a permit for it. A connection that waits for its client makes room, and so does a request
    /// whose client has disconnected.
    async fn accept(&self) -> std::io::Result<(TcpStream, ConnectionPermit)> {
        let (stream, _) = self.socket.accept().await?;
        let permit = loop {
            if let Ok(permit) = self.free.clone().try_acquire_owned() {
                break permit;
            }
            // What was added before now is seen by the next line, and does not make room a second time.
            let _ = self.waiting.added().now_or_never();
            self.waiting.make_room(self.timeouts);
            tokio::select! {
                permit = self.free.clone().acquire_owned() => break permit.map_err(std::io::Error::other)?,
                () = self.waiting.added() => {}
                () = sleep(CLOSE_TIMEOUT) => {}
            }
        };
        Ok((stream, Permit::new(permit, Arc::clone(&self.waiting))))
    }

    /// Serves until `stop` completes, then waits for the calls that still run.
    pub(crate) async fn serve(self, service: impl Service, stop: impl Future<Output = ()>) {
        let service = Arc::new(service);
        let mut tasks = JoinSet::new();
        let http = http(&self.timeouts);
        tokio::pin!(stop);
        let mut refused_log = None;
        loop {
            let stream = tokio::select! {
                () = &mut stop => break,
                accepted = self.accept() => accepted,
            };
            while tasks.try_join_next().is_some() {}
            match stream {
                Ok((stream, permit)) => {
                    let activity = Activity::new(Arc::clone(&self.waiting));
                    let (phase, budgets) = (self.phase.subscribe(), Arc::clone(&self.budgets));
                    let (timeouts, max_connections) = (self.timeouts, self.limits.connections as usize);
                    let connection = Connection { permit, max_connections, activity, phase, timeouts, budgets };
                    connection.start(&http, stream, Arc::clone(&service), &mut tasks);
                }
                // The error is of one connection, or of all while the process has no descriptors left. Waiting helps against both.
                Err(error) => {
                    if refused_log.as_ref().is_none_or(|last: &Instant| last.elapsed() >= REFUSED_LOG_INTERVAL) {
                        tracing::error!("a connection was not accepted: {error}");
                        refused_log = Some(Instant::now());
                    }
                    sleep(Duration::from_millis(50)).await;
                }
            }
        }
        let Self { socket, limits, free, phase, .. } = self;
        drop(socket);
        drain(&phase, &free, limits).await;
        tasks.shutdown().await;
    }
}

fn http(timeouts: &Timeouts) -> http1::Builder {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        // The stream of the connection keeps the two apart.
        .header_read_timeout(timeouts.keep_alive + timeouts.head)
        .max_header_size(MAX_HEAD_SIZE)
        .max_headers(MAX_HEADERS)
        // A client may close its side right after its request.
        .half_close(true)
        .max_buf_size(MAX_BUFFER_SIZE);
    http
}

/// What a connection has besides its socket.
struct Connection {
    permit: ConnectionPermit,
    /// How many connections there may be at once.
    max_connections: usize,
    activity: Arc<Activity>,
    phase: watch::Receiver<Phase>,
    timeouts: Timeouts,
    budgets: Arc<ByteBudgets>,
}

impl Connection {
    fn start(self, http: &http1::Builder, stream: TcpStream, service: Arc<impl Service>, tasks: &mut JoinSet<()>) {
        // Responses are written whole: waiting for more would only delay them.
        if stream.set_nodelay(true).is_err() {
            return;
        }
        let Self { permit, max_connections, activity, phase, timeouts, budgets } = self;
        let address = stream.peer_addr().ok().map(|address| address.ip().to_canonical());
        let monitored = MonitoredStream::new(stream);
        let io = TokioIo::new(monitored.stream(Arc::clone(&activity), timeouts));
        let (held, request_activity, request_phase) = (permit.clone(), Arc::clone(&activity), phase.clone());
        let answer = service_fn(move |mut request: Request<Incoming>| {
            let (service, monitored, permit) = (service.clone(), monitored.clone(), permit.clone());
            let (busy, phase) = (request_activity.begin(), request_phase.clone());
            let activity = Arc::clone(&request_activity);
            let limits = BodyLimits { timeouts, budgets: Arc::clone(&budgets), activity };
            async move {
                if let Some(address) = address {
                    request.extensions_mut().insert(ClientAddress(address));
                }
                let is_only_connection = permit.free() + 1 >= max_connections;
                let is_cancelled = OnDisconnect::of(request.headers()) == OnDisconnect::Cancel;
                let response = tokio::select! {
                    biased;
                    response = respond(service, request, limits, permit, &monitored) => response,
                    disconnected = monitored.disconnected(), if is_cancelled => return Err(disconnected),
                    () = left_unanswered(phase) => GatewayError::Stopped.respond().map(ResponseBody::from),
                };
                // Calls that are ready run before this answer is written: their code and data are in the caches of the processor then, and
                // answers that are written together wake a client less often.
                if !is_only_connection {
                    tokio::task::yield_now().await;
                }
                let cancelled = is_cancelled.then_some(monitored);
                Ok(response.map(|body| body.on_connection(busy, cancelled)))
            }
        });
        let connection = http.serve_connection(io, answer);
        tasks.spawn(async move {
            let _permit = held;
            let mut connection = pin!(connection);
            // A client that breaks the protocol or disconnects is no error of the server.
            tokio::select! {
                _ = connection.as_mut() => return,
                () = activity.asked_to_close() => {}
                () = reached(phase, Phase::Draining) => {}
            }
            activity.close();
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        });
    }
}

/// Completes when the listener does not wait for calls any longer, and the engine has had the time to say so itself.
async fn left_unanswered(phase: watch::Receiver<Phase>) {
    reached(phase, Phase::Ending).await;
    sleep(ENGINE_ANSWER_TIMEOUT).await;
}

/// Answers a request so that the disconnect of its client has the effect that the version of the protocol gives it.
async fn respond(
    service: Arc<impl Service>,
    request: Request<Incoming>,
    limits: BodyLimits,
    permit: ConnectionPermit,
    monitored: &MonitoredStream,
) -> Response<ResponseBody> {
    let (timeouts, budgets) = (limits.timeouts, Arc::clone(&limits.budgets));
    let (request, is_read) = ClientBody::of(request, limits);
    let response = match OnDisconnect::of(request.headers()) {
        // Both futures are on the heap, as hyper and what is around them move the future of a request a few times.
        OnDisconnect::Cancel => Box::pin(service.answer(request, timeouts, pending())).await,
        OnDisconnect::Continue => {
            let time_alone = service.time_alone();
            let mut given_up = GivenUp::new(monitored.clone(), time_alone, permit.connections());
            let answer = async move {
                let given_up_notified = given_up.notified();
                let left_unanswered = async {
                    (&mut given_up).await;
                    sleep(ENGINE_ANSWER_TIMEOUT).await;
                };
                tokio::select! {
                    biased;
                    response = Box::pin(service.answer(request, timeouts, given_up_notified)) => response.map(|body| body.given_up_with(given_up)),
                    // No client reads this, unless it has closed its own side alone.
                    () = left_unanswered => GatewayError::GivenUp.respond().map(ResponseBody::from),
                }
            };
            RunToEnd::new(answer, permit, time_alone).await
        }
    };
    let mut response = hold(response, &budgets).await;
    if !is_read.get() {
        // The next request would have to wait until the rest of this body has come.
        response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Makes room for an answer. A client whose answer finds none is told so, with the headers that let a page read it.
async fn hold(response: Response<ResponseBody>, budgets: &Arc<ByteBudgets>) -> Response<ResponseBody> {
    let (head, body) = response.into_parts();
    match body.hold(budgets).await {
        Ok(body) => Response::from_parts(head, body),
        Err(NoRoom) => {
            let mut refusal = GatewayError::AnswersFull.respond().map(ResponseBody::from);
            for (name, value) in head.headers.iter().filter(|(name, _)| *name != CONTENT_TYPE) {
                refusal.headers_mut().append(name, value.clone());
            }
            refusal
        }
    }
}

#[cfg(test)]
#[path = "listen_tests.rs"]
mod tests;
