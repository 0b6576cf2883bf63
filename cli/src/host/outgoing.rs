//! Requests that a component sends: checked by name, resolved, checked by address, and sent to exactly that address.
//!
//! A redirect is the component's own next request, and is checked like any other.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use http::uri::Scheme;
use http::{Request, Response, Uri};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use wasmtime_wasi_http::{Error, RequestOptions, Result, WasiBody, WasiHttpHooks};

use super::body::Paced;
use super::egress::Denied;
use super::grant::Grant;
use super::output::log;

/// What holds where the component does not ask for less; the time limit of its call holds as well.
const PATIENCE: Duration = Duration::from_secs(600);

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
        Box::new(async move { send(&grant, request, options.unwrap_or_default()).await })
    }
}

async fn send(
    grant: &Grant,
    mut request: Request<WasiBody>,
    options: RequestOptions,
) -> Result<(Response<WasiBody>, Completion)> {
    let tls = request.uri().scheme() == Some(&Scheme::HTTPS);
    let authority = request.uri().authority().ok_or(Error::HttpRequestUriInvalid)?;
    let host = authority.host().to_owned();
    let port = authority.port_u16().unwrap_or(if tls { 443 } else { 80 });
    let patience = options.connect_timeout.unwrap_or(PATIENCE).min(PATIENCE);

    let stream = timeout(patience, connect(grant, &host, port)).await.map_err(|_| Error::ConnectionTimeout)??;
    // Only the path goes out: the host is in its header.
    *request.uri_mut() = match request.uri().path_and_query() {
        Some(path) => Uri::from(path.clone()),
        None => Uri::from_static("/"),
    };
    if tls {
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?;
        let stream = timeout(patience, TLS.connect(name, stream)).await.map_err(|_| Error::ConnectionTimeout)?;
        exchange(stream.map_err(Error::Tls)?, request, options).await
    } else {
        exchange(stream, request, options).await
    }
}

/// Trusts the authorities that browsers trust.
static TLS: LazyLock<TlsConnector> = LazyLock::new(|| {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let config = rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    TlsConnector::from(Arc::new(config))
});

/// A connection to an address that the rules allow for this host. The name is resolved once, and what was checked is what is
/// connected to.
async fn connect(grant: &Grant, host: &str, port: u16) -> Result<TcpStream> {
    let denied = |denied: Denied| deny(grant, host, port, &denied);
    grant.egress.check_host(host, port).map_err(denied)?;
    let mut refusal = None;
    let mut failure = None;
    for address in resolve(host, port).await? {
        if let Err(denied) = grant.egress.check_address(host, address.ip(), port) {
            refusal = Some(denied);
            continue;
        }
        match TcpStream::connect(address).await {
            Ok(stream) => {
                stream.set_nodelay(true).map_err(Error::Connect)?;
                return Ok(stream);
            }
            Err(error) => failure = Some(error),
        }
    }
    match (failure, refusal) {
        (Some(error), _) => Err(Error::Connect(error)),
        (None, Some(refusal)) => Err(denied(refusal)),
        (None, None) => Err(Error::DestinationNotFound),
    }
}

async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>> {
    if let Ok(address) = host.trim_matches(['[', ']']).parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, port)]);
    }
    let unknown = |error: std::io::Error| Error::DnsError { rcode: Some(error.to_string()), info_code: None };
    Ok(tokio::net::lookup_host((host, port)).await.map_err(unknown)?.collect())
}

/// Tells the operator what would have to be allowed, and the component only that it is not.
fn deny(grant: &Grant, host: &str, port: u16, denied: &Denied) -> Error {
    let (name, wanted) = (
        &grant.name,
        match denied {
            Denied::NotNamed => host.to_owned(),
            Denied::Prohibited(address @ IpAddr::V6(_), _) => format!("[{address}]"),
            Denied::Prohibited(address, _) => address.to_string(),
        },
    );
    log(name, format_args!("a request to {host}:{port} was denied: {denied} (--egress {name}={wanted}:{port} would)"));
    match denied {
        Denied::NotNamed => Error::HttpRequestDenied,
        Denied::Prohibited(..) => Error::DestinationIpProhibited,
    }
}

/// Sends the request and waits for the head of its response. What is returned second moves the body on.
async fn exchange<S>(
    stream: S,
    request: Request<WasiBody>,
    options: RequestOptions,
) -> Result<(Response<WasiBody>, Completion)>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    let mut connection = Box::pin(connection);
    let response = timeout(options.first_byte_timeout.unwrap_or(PATIENCE).min(PATIENCE), sender.send_request(request));
    tokio::pin!(response);
    let mut open = true;
    let response = loop {
        tokio::select! {
            response = &mut response => break response.map_err(|_| Error::ConnectionReadTimeout)??,
            done = &mut connection, if open => {
                done?;
                open = false;
            }
        }
    };
    let pace = options.between_bytes_timeout.unwrap_or(PATIENCE).min(PATIENCE);
    let response = response.map(|body| Paced::new(body, pace).boxed());
    Ok((response, Box::new(async move { if open { Ok(connection.await?) } else { Ok(()) } })))
}
