//! Sends the HTTP requests of a component: those of the service `http`, and, through the hooks of `wasmtime-wasi-http`, those of
//! `wasi:http`. The host follows no redirect: a redirected request is the component's own next request, and is checked like any other.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::uri::Scheme;
use http::{Request, Response, Uri};
use hyper::body::{Body, Incoming};
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout, timeout_at};
use wasmtime_wasi_http::{Error, RequestOptions, Result, WasiBody, WasiHttpHooks};

use super::Caller;
use super::connect::{Target, check, connect};
use super::http_connection::{HttpConnection, SendError};
use super::resend::copy_of;
use super::timed_body::TimedBody;
use crate::host::grant::Grant;

/// The longest of each timeout that a component can set, and its default. The time limit of the call applies as well.
pub(crate) const MAX_TIMEOUT: Duration = Duration::from_secs(600);
/// How many bytes of a body the host takes at once.
const BODY_CHUNK_BYTES: usize = 16 << 10;
/// How many of these wait for the connection, beside the one that is being passed on. A body that is never sent holds both, and a call
/// can have as many bodies as handles.
const WAITING_BODY_CHUNKS: usize = 1;

/// How many requests of `wasi:http` one call may have on their way or waiting for a connection: each is held with its headers, and
/// needs one handle alone.
const MAX_SENT_REQUESTS: usize = 128;

/// The hooks of one call, with the grant of its component.
pub(crate) struct EgressHooks {
    grant: Arc<Grant>,
    /// The id of the request that the call is for, where it is known.
    request: Option<Arc<str>>,
    sent: Arc<Semaphore>,
}

impl EgressHooks {
    pub(crate) fn new(grant: Arc<Grant>, request: Option<Arc<str>>) -> Self {
        Self { grant, request, sent: Arc::new(Semaphore::new(MAX_SENT_REQUESTS)) }
    }

    /// What is sent from now on is of this request.
    pub(crate) fn serve(&mut self, request: Arc<str>) {
        self.request = Some(request);
    }
}

type Completion = Box<dyn Future<Output = Result<()>> + Send>;

impl WasiHttpHooks for EgressHooks {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Completion,
    ) -> Box<dyn Future<Output = Result<(Response<WasiBody>, Completion)>> + Send> {
        let (grant, id) = (self.grant.clone(), self.request.clone());
        let permit = Arc::clone(&self.sent).try_acquire_owned();
        Box::new(async move {
            let _permit = permit.map_err(|_| Error::ConnectionLimitReached)?;
            let caller = Caller { grant: &grant, request: id.as_deref() };
            let response = send(caller, request, options.unwrap_or_default()).await?;
            Ok((response, Box::new(async { Ok(()) }) as Completion))
        })
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        BODY_CHUNK_BYTES
    }

    fn p2_outgoing_body_buffer_chunks(&mut self) -> usize {
        WAITING_BODY_CHUNKS
    }
}

/// Sends a request under the rules of the grant, and returns its response when the head is there. The URI of the request is
/// absolute, and the request has its header `host`. The time for connecting includes the wait for a permit.
pub(super) async fn send(
    caller: Caller<'_>,
    request: Request<WasiBody>,
    options: RequestOptions,
) -> Result<Response<WasiBody>> {
    let held_body = request.body().is_end_stream().then(Bytes::new);
    send_holding(caller, request, held_body, options).await
}

/// The same for a request whose whole body the host holds, if it does: it may be sent once more.
pub(super) async fn send_holding(
    caller: Caller<'_>,
    mut request: Request<WasiBody>,
    held_body: Option<Bytes>,
    options: RequestOptions,
) -> Result<Response<WasiBody>> {
    let (grant, target) = (caller.grant, target(request.uri())?);
    check(caller, &target)?;
    // The request line has only the path: the `host` header names the host (RFC 9112 §3.2.1).
    *request.uri_mut() = match request.uri().path_and_query() {
        Some(path) => Uri::from(path.clone()),
        None => Uri::from_static("/"),
    };
    let first_byte = options.first_byte_timeout.unwrap_or(MAX_TIMEOUT).min(MAX_TIMEOUT);
    let connect_by = Instant::now() + options.connect_timeout.unwrap_or(MAX_TIMEOUT).min(MAX_TIMEOUT);
    // The semaphore is never closed.
    let Ok(Ok(permit)) = timeout_at(connect_by, grant.active_connections.clone().acquire_owned()).await else {
        return Err(Error::ConnectionTimeout);
    };
    let attempted = Instant::now();
    let (response, sender) = match send_on_idle(grant, &target, request, held_body.as_ref(), first_byte).await? {
        IdleAttempt::Response(response, sender) => (response, sender),
        IdleAttempt::NoAnswer(request) => {
            // The time of an attempt without an answer was none of connecting.
            let connected = timeout_at(connect_by + attempted.elapsed(), connect(caller, &target)).await;
            let mut sender = connected.map_err(|_| Error::ConnectionTimeout)??;
            let response = timeout(first_byte, sender.send(request)).await;
            let response = response.map_err(|_| Error::ConnectionReadTimeout)?;
            (response.map_err(SendError::into_error)?, sender)
        }
    };
    let connection = grant.idle_connections.wrap(target, sender, permit);
    let between_bytes = options.between_bytes_timeout.unwrap_or(MAX_TIMEOUT).min(MAX_TIMEOUT);
    Ok(response.map(|body| TimedBody::new(body, between_bytes, connection).boxed()))
}

/// The outcome of sending a request on an idle connection.
enum IdleAttempt {
    Response(Response<Incoming>, HttpConnection),
    /// No connection has answered, and the request can be sent on a new one.
    NoAnswer(Request<WasiBody>),
}

/// Sends the request on an idle connection, if there is one. Where it was not sent, since the connection turned out to be closed, the next
/// one is tried. Where it was sent, and the connection was closed before an answer, it is left for a new connection, if it may be sent twice.
async fn send_on_idle(
    grant: &Grant,
    target: &Target,
    mut request: Request<WasiBody>,
    held_body: Option<&Bytes>,
    first_byte: Duration,
) -> Result<IdleAttempt> {
    while let Some(mut sender) = grant.idle_connections.take(target) {
        if !sender.becomes_ready().await {
            continue;
        }
        let copy = copy_of(&request, held_body);
        let sent = timeout(first_byte, sender.send(request)).await;
        match sent.map_err(|_| Error::ConnectionReadTimeout)? {
            Ok(response) => return Ok(IdleAttempt::Response(response, sender)),
            Err(SendError::NotSent(unsent, _)) => request = *unsent,
            Err(SendError::NotAnswered(error)) => {
                return copy.map(IdleAttempt::NoAnswer).ok_or_else(|| error.into());
            }
            Err(SendError::Failed(error)) => return Err(error.into()),
        }
    }
    Ok(IdleAttempt::NoAnswer(request))
}

fn target(uri: &Uri) -> Result<Target> {
    let tls = uri.scheme() == Some(&Scheme::HTTPS);
    let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
    let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
    Ok(Target { host: authority.host().to_owned(), port, tls })
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Empty};

    use super::*;

    #[tokio::test]
    async fn a_call_may_have_so_many_requests_without_a_response_and_no_more() {
        let mut hooks = EgressHooks::new(Arc::new(Grant::nothing("test")), None);
        let mut send = || {
            let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
            let request = Request::get("http://example.com/").body(body).expect("a request");
            Box::into_pin(hooks.send_request(request, None, Box::new(async { Ok(()) })))
        };
        let mut sent: Vec<_> = (0..MAX_SENT_REQUESTS).map(|_| send()).collect();
        assert!(matches!(send().await, Err(Error::ConnectionLimitReached)));
        // One that has ended makes room, here for one that no rule allows.
        drop(sent.pop());
        assert!(matches!(send().await, Err(Error::HttpRequestDenied)));
    }
}
