//! The ports of the engine on a host of WASI: clocks, random bytes and outgoing HTTP requests. A store is there with
//! authorization alone, where instances share the keys of issuers.

use bytes::Bytes;
use guest::http::{Failure, Request};
use guest::{Deadline, sleep_ms};
use server::{BoxFuture, Clock, Fetch, FetchError, FetchLimits, Ports, Random};
use wasi::clocks::{monotonic_clock, wall_clock};
use wasi::random::random::get_random_bytes;

/// The ports of this component. `Fetch` is among them where the engine asks authorization servers: its imports cost each request a
/// twentieth, as an instance of this component is made for each.
pub(crate) fn ports() -> Ports {
    let ports = Ports::new(WasiPorts, WasiPorts);
    #[cfg(feature = "auth")]
    let ports = Ports {
        fetch: Some(std::sync::Arc::new(WasiPorts)),
        store: Some(std::sync::Arc::new(crate::state_store::StateStore)),
        ..ports
    };
    ports
}

/// Every port that this component has.
struct WasiPorts;

impl Clock for WasiPorts {
    fn monotonic_ms(&self) -> u64 {
        guest::now_ms()
    }

    fn monotonic_us(&self) -> u64 {
        monotonic_clock::now() / 1000
    }

    fn unix_ms(&self) -> u64 {
        let now = wall_clock::now();
        now.seconds.saturating_mul(1000).saturating_add(u64::from(now.nanoseconds / 1_000_000))
    }

    fn sleep_ms(&self, ms: u32) -> BoxFuture<'_, ()> {
        Box::pin(sleep_ms(ms))
    }
}

impl Random for WasiPorts {
    fn fill(&self, bytes: &mut [u8]) {
        // WASI gives exactly as many bytes as were asked for, or traps.
        let random = get_random_bytes(bytes.len() as u64);
        for (byte, random) in bytes.iter_mut().zip(random) {
            *byte = random;
        }
    }
}

impl Fetch for WasiPorts {
    fn fetch(
        &self,
        request: http::Request<Bytes>,
        limits: FetchLimits,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, FetchError>> {
        Box::pin(async move {
            let (host, request) = outgoing(request)?;
            let deadline = Deadline::after_ms(limits.timeout_ms);
            let response = guest::http::send(&request, deadline, limits.body_limit).await;
            incoming(response.map_err(|failure| error(failure, host))?)
        })
    }
}

/// The request as the host takes it, and the host that it is for.
fn outgoing(request: http::Request<Bytes>) -> Result<(String, Request), FetchError> {
    let (head, body) = request.into_parts();
    let https = match head.uri.scheme_str() {
        Some("https") => true,
        Some("http") => false,
        _ => return Err(FetchError::Invalid("URI")),
    };
    let authority = head.uri.authority().ok_or(FetchError::Invalid("URI"))?.to_string();
    let path_and_query = head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let headers = head.headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let host = head.uri.host().unwrap_or_default().to_owned();
    let method = head.method.to_string();
    Ok((host, Request { method, https, authority, path_and_query, headers, body: body.into() }))
}

fn incoming(response: guest::http::Response) -> Result<http::Response<Bytes>, FetchError> {
    let mut builder = http::Response::builder().status(response.status);
    for (name, value) in response.headers {
        builder = builder.header(name, value);
    }
    builder.body(response.body.into()).map_err(|error| FetchError::Unreachable(error.to_string()))
}

fn error(failure: Failure, host: String) -> FetchError {
    match failure {
        Failure::Invalid(part) => FetchError::Invalid(part),
        Failure::HostDenied | Failure::AddressDenied => FetchError::Denied(host),
        Failure::Unreachable(reason) | Failure::CutOff(reason) => FetchError::Unreachable(reason),
        Failure::TimedOut => FetchError::TimedOut,
        Failure::TooLarge => FetchError::TooLarge,
    }
}
