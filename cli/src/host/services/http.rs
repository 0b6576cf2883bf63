//! The service `http`: requests of a provider as plain values, sent under the same rules as its requests by `wasi:http`.

use std::sync::{Arc, Mutex, PoisonError};
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
use crate::host::instance::{Memory, StoreData};

/// How many bytes count for each byte of a response: what the host collects a body in grows by doubling.
const BYTES_PER_BYTE: usize = 2;
/// The failure where the host may hold no more for the call.
const NO_MEMORY: &str = "there is no memory for what is sent and its response";

impl service::Host for StoreData {
    async fn send(&mut self, requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
        let (grant, request) = (self.grant.clone(), self.request.clone());
        Exchanges::new(grant, request, self.deadline, &mut self.memory).all(requests).await
    }
}

/// The requests of one `send`, and what bounds them together.
struct Exchanges<'a> {
    grant: Arc<Grant>,
    /// The id of the request that the call is for, where it is known.
    request: Option<Arc<str>>,
    /// When the call is over, if that is known.
    deadline: Option<Instant>,
    /// The result limit of the call: the host holds the responses of one `send` at once, as it holds a result.
    budget: Budget,
    in_flight: Semaphore,
    /// The memory of the call, in which the requests and the responses count.
    memory: Mutex<&'a mut Memory>,
}

impl<'a> Exchanges<'a> {
    fn new(grant: Arc<Grant>, request: Option<Arc<str>>, deadline: Option<Instant>, memory: &'a mut Memory) -> Self {
        let budget = Budget::new(grant.limits.result);
        let in_flight = Semaphore::new(MAX_IN_FLIGHT);
        Self { grant, request, deadline, budget, in_flight, memory: Mutex::new(memory) }
    }

    /// Sends all requests. The results have the order of the requests.
    async fn all(&self, requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
        let sent: usize = requests.iter().map(|request| request.body.len()).sum();
        // Nothing is sent whose response could not be held.
        if !self.has_memory_for(sent, 0) {
            return requests.iter().map(|_| Err(Failure::Other(NO_MEMORY.to_owned()))).collect();
        }
        join_all((0..).zip(requests).map(|(index, request)| self.one(index, request, sent))).await
    }

    /// Whether the call may hold the bodies of its requests, and so many bytes of responses.
    fn has_memory_for(&self, sent: usize, received: usize) -> bool {
        let bytes = received.saturating_mul(BYTES_PER_BYTE).saturating_add(sent);
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).hold_exchange(bytes)
    }

    /// Sends one request and reads its whole response. The time runs also while the request waits for its turn.
    async fn one(&self, index: usize, request: Request, sent: usize) -> Result<Response, Failure> {
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
            let request = checked.map(|()| Bytes::from(request.body));
            exchange(caller, request, &self.budget, |received| self.has_memory_for(sent, received)).await
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
        ExchangeError::NoMemory => return Failure::Other(NO_MEMORY.to_owned()),
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
