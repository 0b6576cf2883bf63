//! The service `http`: requests of a provider as plain values, sent under the same rules as its requests by `wasi:http`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use http::HeaderMap;
use http_body_util::{BodyExt, Full};
use http_service::{Budget, MAX_IN_FLIGHT, MAX_REQUESTS, TOO_MANY_REQUESTS, check, denied, header_text, place};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody};

use super::services::http::{self as service, Failure, Request, Response};
use crate::host::egress::{MAX_TIMEOUT, send};
use crate::host::grant::Grant;
use crate::host::instance::StoreData;

impl service::Host for StoreData {
    async fn send(&mut self, requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
        Exchanges::new(self.grant.clone(), self.deadline).all(requests).await
    }
}

/// The requests of one `send`, and what bounds them together.
struct Exchanges {
    grant: Arc<Grant>,
    /// When the call is over, if that is known.
    deadline: Option<Instant>,
    /// The result limit of the call: the host holds the responses of one `send` at once, as it holds a result.
    budget: Budget,
    in_flight: Semaphore,
}

impl Exchanges {
    fn new(grant: Arc<Grant>, deadline: Option<Instant>) -> Self {
        let budget = Budget::new(grant.limits.result);
        Self { grant, deadline, budget, in_flight: Semaphore::new(MAX_IN_FLIGHT) }
    }

    /// Sends all requests. The results have the order of the requests.
    async fn all(&self, requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
        join_all((0..).zip(requests).map(|(index, request)| self.one(index, request))).await
    }

    /// Sends one request and reads its whole response. The time runs also while the request waits for its turn.
    async fn one(&self, index: usize, request: Request) -> Result<Response, Failure> {
        if index >= MAX_REQUESTS {
            return Err(Failure::InvalidRequest(TOO_MANY_REQUESTS.to_owned()));
        }
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let checked = check(&request.method, &request.url, headers, request.body.len())
            .map_err(|invalid| Failure::InvalidRequest(invalid.to_string()))?;
        let place = place(checked.uri());
        let exchange = async {
            // The semaphore is never closed.
            let _permit = self.in_flight.acquire().await;
            self.exchange(checked, request.body).await
        };
        timeout(self.time(request.timeout_ms), exchange)
            .await
            .unwrap_or(Err(Interrupted::TimedOut))
            .map_err(|interrupted| interrupted.failure(&place))
    }

    async fn exchange(&self, checked: http::Request<()>, body: Vec<u8>) -> Result<Response, Interrupted> {
        let response = send(&self.grant, with_body(checked, body)?, RequestOptions::default()).await?;
        let (head, mut incoming) = response.into_parts();
        let headers = entries(&head.headers);
        let size = headers.iter().fold(0_usize, |size, (name, value)| size.saturating_add(name.len() + value.len()));
        self.take(size)?;
        let mut body = Vec::new();
        while let Some(frame) = incoming.frame().await {
            // A frame that has no data has trailers, which the contract has no place for.
            if let Ok(data) = frame?.into_data() {
                self.take(data.len())?;
                body.extend_from_slice(&data);
            }
        }
        Ok(Response { status: head.status.as_u16(), headers, body })
    }

    fn take(&self, bytes: usize) -> Result<(), Interrupted> {
        if self.budget.take(bytes) { Ok(()) } else { Err(Interrupted::TooLarge) }
    }

    /// How long one exchange may take.
    fn time(&self, timeout_ms: Option<u32>) -> Duration {
        let left = self.deadline.map_or(MAX_TIMEOUT, |deadline| deadline.saturating_duration_since(Instant::now()));
        timeout_ms.map_or(left, |ms| left.min(Duration::from_millis(ms.into())))
    }
}

/// Gives a checked request its body, and the header `host` (RFC 9112 §3.2).
fn with_body(checked: http::Request<()>, body: Vec<u8>) -> Result<http::Request<WasiBody>, Error> {
    let host = checked.uri().authority().and_then(|authority| authority.as_str().parse().ok());
    let host = host.ok_or(Error::HttpRequestUriInvalid)?;
    let mut request = checked.map(|()| Full::new(Bytes::from(body)).map_err(Error::from).boxed_unsync());
    request.headers_mut().insert(http::header::HOST, host);
    Ok(request)
}

fn entries(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_string(), header_text(value.as_bytes()))).collect()
}

/// Why an exchange has no response.
#[derive(Debug)]
enum Interrupted {
    TimedOut,
    TooLarge,
    Failed(Error),
}

impl From<Error> for Interrupted {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl Interrupted {
    /// The failure as the contract has it, for a request to this place.
    fn failure(self, place: &str) -> Failure {
        let error = match self {
            Self::TimedOut => return Failure::Timeout,
            Self::TooLarge => return Failure::TooLarge,
            Self::Failed(error) => error,
        };
        match error {
            Error::HttpRequestDenied => Failure::Denied(denied::host(place)),
            Error::DestinationIpProhibited => Failure::Denied(denied::address(place)),
            Error::DnsTimeout
            | Error::ConnectionTimeout
            | Error::ConnectionReadTimeout
            | Error::ConnectionWriteTimeout
            | Error::HttpResponseTimeout => Failure::Timeout,
            Error::HttpRequestUriInvalid => Failure::InvalidRequest(error.to_string()),
            Error::DnsError { .. } | Error::DestinationNotFound => {
                Failure::Connection("its name is not known".to_owned())
            }
            Error::Connect(error) => Failure::Connection(error.to_string()),
            Error::Tls(error) => Failure::Connection(format!("TLS failed: {error}")),
            Error::Hyper(error) => Failure::Connection(error.to_string()),
            other => Failure::Other(other.to_string()),
        }
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
