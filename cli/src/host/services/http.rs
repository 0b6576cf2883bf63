//! The service `http`: requests of a provider as plain values, sent under the same rules as its requests by `wasi:http`.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::join_all;
use http::HeaderMap;
use http_service::{
    Budget, DEFAULT_TIMEOUT_MS, MAX_IN_FLIGHT, MAX_REQUESTS, TOO_MANY_REQUESTS, check, denied, header_text, place,
};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use wasmtime_wasi_http::Error;

use super::services::http::{self as service, Failure, Request, Response};
use crate::host::egress::{Caller, ExchangeError, MAX_TIMEOUT, connection_failure, exchange, is_timeout};
use crate::host::grant::Grant;
use crate::host::instance::StoreData;

impl service::Host for StoreData {
    async fn send(&mut self, requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
        Exchanges::new(self.grant.clone(), self.request.clone(), self.deadline).all(requests).await
    }
}

/// The requests of one `send`, and what bounds them together.
struct Exchanges {
    grant: Arc<Grant>,
    /// The id of the request that the call is for, where it is known.
    request: Option<Arc<str>>,
    /// When the call is over, if that is known.
    deadline: Option<Instant>,
    /// The result limit of the call: the host holds the responses of one `send` at once, as it holds a result.
    budget: Budget,
    in_flight: Semaphore,
}

impl Exchanges {
    fn new(grant: Arc<Grant>, request: Option<Arc<str>>, deadline: Option<Instant>) -> Self {
        let budget = Budget::new(grant.limits.result);
        Self { grant, request, deadline, budget, in_flight: Semaphore::new(MAX_IN_FLIGHT) }
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
            let caller = Caller { grant: &self.grant, request: self.request.as_deref() };
            exchange(caller, checked.map(|()| Bytes::from(request.body)), &self.budget).await
        };
        match timeout(self.time(request.timeout_ms), exchange).await {
            Ok(Ok(response)) => {
                let (head, body) = response.into_parts();
                Ok(Response { status: head.status.as_u16(), headers: entries(&head.headers), body })
            }
            Ok(Err(error)) => Err(failure(error, &place)),
            Err(_) => Err(Failure::Timeout),
        }
    }

    /// How long one exchange may take.
    fn time(&self, timeout_ms: Option<u32>) -> Duration {
        let wanted = timeout_ms.map(|ms| Duration::from_millis(ms.into()));
        match self.deadline {
            Some(deadline) => {
                let left = deadline.saturating_duration_since(Instant::now());
                wanted.map_or(left, |wanted| wanted.min(left))
            }
            None => wanted.unwrap_or(Duration::from_millis(DEFAULT_TIMEOUT_MS.into())).min(MAX_TIMEOUT),
        }
    }
}

fn entries(headers: &HeaderMap) -> Vec<(String, String)> {
    headers.iter().map(|(name, value)| (name.to_string(), header_text(value.as_bytes()))).collect()
}

/// The failure as the contract has it, for a request to this place.
fn failure(error: ExchangeError, place: &str) -> Failure {
    let error = match error {
        ExchangeError::TooLarge => return Failure::TooLarge,
        ExchangeError::Http(error) => error,
    };
    match error {
        Error::HttpRequestDenied => Failure::Denied(denied::host(place)),
        Error::DestinationIpProhibited => Failure::Denied(denied::address(place)),
        Error::HttpRequestUriInvalid => Failure::InvalidRequest(error.to_string()),
        error if is_timeout(&error) => Failure::Timeout,
        error => match connection_failure(error) {
            Ok(reason) => Failure::Connection(reason),
            Err(other) => Failure::Other(other.to_string()),
        },
    }
}

#[cfg(test)]
#[path = "http_tests.rs"]
mod tests;
