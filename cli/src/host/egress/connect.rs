//! Opens connections for a component's requests: checks the name, resolves it, checks each address, and connects to exactly the
//! address that was checked.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use rustix::io::Errno;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use wasmtime_wasi_http::{Error, Result};

use super::Caller;
use super::http_connection::HttpConnection;
use super::rules::Denied;

/// How long the lookup of a name may take. Resolvers try each of their servers for about five seconds.
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an address may take to accept a connection while another one is left to try: one that drops packets, as IPv6 addresses do
/// on some networks, must not use up the time of the request.
const ADDRESS_TIMEOUT: Duration = Duration::from_secs(3);

/// The server that a request is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: bool,
}

/// TLS with the certificate authorities that browsers trust; none if the TLS library cannot be configured.
static TLS: LazyLock<Option<TlsConnector>> = LazyLock::new(|| {
    let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Some(TlsConnector::from(Arc::new(config)))
});

/// Checks whether the rules allow the target's name. This comes before any lookup, so a denied name reaches no resolver.
pub(crate) fn check(caller: Caller<'_>, target: &Target) -> Result<()> {
    caller.grant.egress.check_host(&target.host, target.port).map_err(|denied| deny(caller, target, &denied))
}

/// Connects to a target whose name was checked.
pub(crate) async fn connect(caller: Caller<'_>, target: &Target) -> Result<HttpConnection> {
    let stream = open(caller, target).await?;
    if !target.tls {
        return HttpConnection::start(stream).await;
    }
    let name = ServerName::try_from(without_brackets(&target.host).to_owned())?;
    let tls = TLS.as_ref().ok_or(Error::ConfigurationError)?;
    HttpConnection::start(tls.connect(name, stream).await.map_err(Error::Tls)?).await
}

/// Resolves the name once and connects to an address that was checked, so that a second lookup cannot change it (DNS rebinding).
async fn open(caller: Caller<'_>, target: &Target) -> Result<TcpStream> {
    let (mut allowed, mut refusal) = (Vec::new(), None);
    for address in resolve(caller, target).await? {
        match caller.grant.egress.check_address(&target.host, address.ip(), target.port) {
            Ok(()) => allowed.push(address),
            Err(denied) => refusal = Some(denied),
        }
    }
    match (connect_to_first(&allowed, ADDRESS_TIMEOUT, TcpStream::connect::<SocketAddr>).await, refusal) {
        (Some(connected), _) => {
            let stream = connected.map_err(|error| not_connected(caller, target, error))?;
            stream.set_nodelay(true).map_err(Error::Connect)?;
            Ok(stream)
        }
        (None, Some(refusal)) => Err(deny(caller, target, &refusal)),
        (None, None) => Err(Error::DestinationNotFound),
    }
}

/// Connects to the first address that accepts a connection, tried in their order. Each has a time limit but the last one, whose error
/// is returned if none accepts. `None` if there is no address.
async fn connect_to_first<T, C: Future<Output = io::Result<T>>>(
    addresses: &[SocketAddr],
    limit: Duration,
    connect: impl Fn(SocketAddr) -> C,
) -> Option<io::Result<T>> {
    let (last, others) = addresses.split_last()?;
    for address in others {
        if let Ok(Ok(connected)) = timeout(limit, connect(*address)).await {
            return Some(Ok(connected));
        }
    }
    Some(connect(*last).await)
}

/// Resolves the addresses of a target. The system's lookup cannot be cancelled: after a timeout it keeps its permit until it ends.
async fn resolve(caller: Caller<'_>, target: &Target) -> Result<Vec<SocketAddr>> {
    if let Ok(address) = without_brackets(&target.host).parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(address, target.port)]);
    }
    let unknown = |error: io::Error| match has_no_descriptors(&error) {
        true => not_connected(caller, target, error),
        false => Error::DnsError { rcode: Some(error.to_string()), info_code: None },
    };
    let (lookups, name) = (caller.grant.lookups.clone(), (target.host.clone(), target.port));
    let found = async {
        let permit = lookups.acquire_owned().await.map_err(io::Error::other)?;
        let lookup = tokio::spawn(async move {
            let found = tokio::net::lookup_host(name).await.map(Vec::from_iter);
            drop(permit);
            found
        });
        lookup.await.map_err(io::Error::other)?
    };
    timeout(LOOKUP_TIMEOUT, found).await.map_err(|_| Error::DnsTimeout)?.map_err(unknown)
}

/// Removes the brackets that an IPv6 address has in a URI.
fn without_brackets(host: &str) -> &str {
    host.trim_matches(['[', ']'])
}

/// The error for a connection that was not made. That this process has no descriptors left is not the fault of the server.
fn not_connected(caller: Caller<'_>, Target { host, port, .. }: &Target, error: io::Error) -> Error {
    if !has_no_descriptors(&error) {
        return Error::Connect(error);
    }
    caller.grant.log.warn(
        caller.request,
        format_args!("a request to {host}:{port} failed: {error} (`ulimit -n` raises what this process may open)"),
    );
    Error::ConnectionLimitReached
}

/// Whether the process or the system has no descriptor left.
fn has_no_descriptors(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE))
}

/// Logs the denied request and the option that allows it, for the operator. The component learns only that it was denied.
fn deny(caller: Caller<'_>, target: &Target, denied: &Denied) -> Error {
    let (name, Target { host, port, .. }) = (&caller.grant.name, target);
    let place = match denied {
        Denied::NoRule => host.clone(),
        Denied::SpecialAddress(address @ IpAddr::V6(_), _) => format!("[{address}]"),
        Denied::SpecialAddress(address, _) => address.to_string(),
    };
    caller.grant.log.denied(
        caller.request,
        format_args!("a request to {host}:{port} was denied: {denied} (`--egress {name}={place}:{port}` allows it)"),
    );
    match denied {
        Denied::NoRule => Error::HttpRequestDenied,
        Denied::SpecialAddress(..) => Error::DestinationIpProhibited,
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;
    use crate::host::grant::Grant;

    /// What an address does, by its port.
    const DEAD: u16 = 1;
    const REFUSING: u16 = 2;
    const OPEN: u16 = 3;

    async fn connect(address: SocketAddr) -> io::Result<u16> {
        match address.port() {
            DEAD => pending().await,
            REFUSING => Err(io::ErrorKind::ConnectionRefused.into()),
            port => Ok(port),
        }
    }

    #[tokio::test]
    async fn an_address_that_does_not_answer_or_refuses_leaves_the_next_one_to_try() {
        for (ports, expected) in [
            (&[OPEN, DEAD][..], Some(Ok(OPEN))),
            (&[DEAD, OPEN], Some(Ok(OPEN))),
            (&[REFUSING, DEAD, DEAD, OPEN], Some(Ok(OPEN))),
            (&[DEAD, REFUSING], Some(Err(io::ErrorKind::ConnectionRefused))),
            (&[], None),
        ] {
            let addresses: Vec<_> = ports.iter().map(|port| SocketAddr::from(([127, 0, 0, 1], *port))).collect();
            let connected = connect_to_first(&addresses, Duration::from_millis(1), connect).await;
            assert_eq!(connected.map(|connected| connected.map_err(|error| error.kind())), expected, "{ports:?}");
        }
    }

    #[test]
    fn a_process_without_descriptors_is_not_a_server_that_refuses() {
        let target = Target { host: "example.com".to_owned(), port: 80, tls: false };
        for (errno, is_limit) in [(24, true), (23, true), (111, false)] {
            let caller = Caller { grant: &Grant::nothing("test"), request: None };
            let error = not_connected(caller, &target, io::Error::from_raw_os_error(errno));
            assert_eq!(matches!(error, Error::ConnectionLimitReached), is_limit, "{errno}: {error}");
            assert_eq!(matches!(error, Error::Connect(_)), !is_limit, "{errno}: {error}");
        }
    }
}
