//! Requests that a component sends. A redirect is the component's own next request, and is checked like any other.

use std::sync::Arc;
use std::time::Duration;

use http::uri::Scheme;
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use tokio::time::timeout;
use wasmtime_wasi_http::{Error, RequestOptions, Result, WasiBody, WasiHttpHooks};

use super::body::Paced;
use super::connect::{Target, check, connect};
use super::grant::Grant;
use super::pool::Lease;

/// What holds where the component does not ask for less; the time limit of its call holds as well.
const PATIENCE: Duration = Duration::from_secs(600);
/// How long a connection may take to be ready for its next request. It is, unless the server is not done with the last one.
const SETTLE: Duration = Duration::from_millis(5);

/// The hooks of one call.
pub(crate) struct Outgoing {
    grant: Arc<Grant>,
}

impl Outgoing {
    pub(crate) fn new(grant: Arc<Grant>) -> Self {
        Self { grant }
    }
}

type Completion = Box<dyn Future<Output = Result<()>> + Send>;

impl WasiHttpHooks for Outgoing {
    fn send_request(
        &mut self,
        request: Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Completion,
    ) -> Box<dyn Future<Output = Result<(Response<WasiBody>, Completion)>> + Send> {
        let grant = self.grant.clone();
        Box::new(async move {
            let response = send(&grant, request, options.unwrap_or_default()).await?;
            Ok((response, Box::new(async { Ok(()) }) as Completion))
        })
    }
}

async fn send(grant: &Grant, mut request: Request<WasiBody>, options: RequestOptions) -> Result<Response<WasiBody>> {
    let target = target(request.uri())?;
    check(grant, &target)?;
    // Only the path goes out: the host is in its header.
    *request.uri_mut() = match request.uri().path_and_query() {
        Some(path) => Uri::from(path.clone()),
        None => Uri::from_static("/"),
    };
    let first_byte = options.first_byte_timeout.unwrap_or(PATIENCE).min(PATIENCE);
    let (response, lease) = match send_again(grant, &target, request, first_byte).await? {
        Sent::Answered(response, lease) => (response, lease),
        Sent::NotSent(request) => {
            let connecting = options.connect_timeout.unwrap_or(PATIENCE).min(PATIENCE);
            let connected = timeout(connecting, connect(grant, &target)).await;
            let mut sender = connected.map_err(|_| Error::ConnectionTimeout)??;
            let response = timeout(first_byte, sender.send_request(request)).await;
            (response.map_err(|_| Error::ConnectionReadTimeout)??, grant.connections.lease(target, sender))
        }
    };
    let pace = options.between_bytes_timeout.unwrap_or(PATIENCE).min(PATIENCE);
    Ok(response.map(|body| Paced::new(body, pace, lease).boxed()))
}

/// What became of a request on connections that are there already.
enum Sent {
    Answered(Response<Incoming>, Lease),
    NotSent(Request<WasiBody>),
}

/// Sends the request on an idle connection. One that turns out to be closed has sent nothing, so another can be tried.
async fn send_again(
    grant: &Grant,
    target: &Target,
    mut request: Request<WasiBody>,
    first_byte: Duration,
) -> Result<Sent> {
    while let Some(mut sender) = grant.connections.take(target) {
        if !matches!(timeout(SETTLE, sender.ready()).await, Ok(Ok(()))) {
            continue;
        }
        let sent = timeout(first_byte, sender.try_send_request(request)).await;
        match sent.map_err(|_| Error::ConnectionReadTimeout)? {
            Ok(response) => return Ok(Sent::Answered(response, grant.connections.lease(target.clone(), sender))),
            Err(mut error) => match error.take_message() {
                Some(unsent) => request = unsent,
                None => return Err(error.into_error().into()),
            },
        }
    }
    Ok(Sent::NotSent(request))
}

fn target(uri: &Uri) -> Result<Target> {
    let tls = uri.scheme() == Some(&Scheme::HTTPS);
    let authority = uri.authority().ok_or(Error::HttpRequestUriInvalid)?;
    let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
    Ok(Target { host: authority.host().to_owned(), port, tls })
}
