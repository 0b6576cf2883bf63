//! Connections that a component's requests leave by: checked by name, resolved, checked by address, and made to exactly that
//! address.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use wasmtime_wasi_http::{Error, Result, WasiBody};

use super::egress::Denied;
use super::grant::Grant;

/// How long a name may take to be looked up: resolvers try each of their servers for about five seconds.
const LOOKUP: Duration = Duration::from_secs(15);

/// Where a request goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
}

/// Trusts the authorities that browsers trust.
static TLS: LazyLock<Option<TlsConnector>> = LazyLock::new(|| {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Some(TlsConnector::from(Arc::new(config)))
});

/// Whether the rules have the target's name; nothing is asked or sent before.
pub(crate) fn check(grant: &Grant, target: &Target) -> Result<()> {
    grant.egress.check_host(&target.host, target.port).map_err(|denied| deny(grant, target, &denied))
}

/// A connection to a target that was checked.
pub(crate) async fn connect(grant: &Grant, target: &Target) -> Result<SendRequest<WasiBody>> {
    let stream = open(grant, target).await?;
    if !target.tls {
        return speak(stream).await;
    }
    let name = ServerName::try_from(bare(&target.host).to_owned())?;
    let tls = TLS.as_ref().ok_or(Error::ConfigurationError)?;
    speak(tls.connect(name, stream).await.map_err(Error::Tls)?).await
}

/// The connection lives as long as somebody may send on it.
async fn speak(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<SendRequest<WasiBody>> {
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    // Its errors are those of the request that it carries.
    tokio::spawn(async move { drop(connection.await) });
    Ok(sender)
}

/// The name is resolved once, and what was checked is what is connected to (no DNS rebinding).
async fn open(grant: &Grant, target: &Target) -> Result<TcpStream> {
    let mut refusal = None;
    let mut failure = None;
    for address in resolve(grant, target).await? {
        if let Err(denied) = grant.egress.check_address(&target.host, address.ip(), target.port) {
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
        (None, Some(refusal)) => Err(deny(grant, target, &refusal)),
        (None, None) => Err(Error::DestinationNotFound),
    }
}

/// The addresses of a target. A lookup cannot be given up, only be waited for no longer: it keeps its permit until it ends.
async fn resolve(grant: &Grant, target: &Target) -> Result<Vec<SocketAddr>> {
    if let Ok(address) = bare(&target.host).parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, target.port)]);
    }
    let unknown = |error: io::Error| Error::DnsError { rcode: Some(error.to_string()), info_code: None };
    let (lookups, name) = (grant.lookups.clone(), (target.host.clone(), target.port));
    let found = async {
        let permit = lookups.acquire_owned().await.map_err(io::Error::other)?;
        let lookup = tokio::spawn(async move {
            let found = tokio::net::lookup_host(name).await.map(Vec::from_iter);
            drop(permit);
            found
        });
        lookup.await.map_err(io::Error::other)?
    };
    timeout(LOOKUP, found).await.map_err(|_| Error::DnsTimeout)?.map_err(unknown)
}

/// An IPv6 address without the brackets that it has in a URI.
fn bare(host: &str) -> &str {
    host.trim_matches(['[', ']'])
}

/// Tells the operator what would have to be allowed, and the component only that it is not.
fn deny(grant: &Grant, target: &Target, denied: &Denied) -> Error {
    let (name, Target { host, port, .. }) = (&grant.name, target);
    let wanted = match denied {
        Denied::NotNamed => host.clone(),
        Denied::Prohibited(address @ IpAddr::V6(_), _) => format!("[{address}]"),
        Denied::Prohibited(address, _) => address.to_string(),
    };
    grant.log.write(format_args!(
        "a request to {host}:{port} was denied: {denied} (`--egress {name}={wanted}:{port}` allows it)"
    ));
    match denied {
        Denied::NotNamed => Error::HttpRequestDenied,
        Denied::Prohibited(..) => Error::DestinationIpProhibited,
    }
}
