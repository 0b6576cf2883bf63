//! The service `http`: requests of a provider as plain values, sent under the same rules as its requests by `wasi:http`.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use http::HeaderMap;
use http_service::{
    Budget, DEFAULT_TIMEOUT_MS, MAX_IN_FLIGHT, MAX_REQUESTS, TOO_MANY_REQUESTS, check, denied, header_text, place,
};
use tokio::time::timeout_at;
use wasmtime_wasi_http::Error;

use super::services::http::{self as service, Failure, Request, Response};
use crate::host::egress::{Caller, ExchangeError, MAX_TIMEOUT, connection_failure, exchange, is_timeout};
use crate::host::grant::Grant;
use crate::host::instance::{Memory, StoreData};

/// How many bytes count for each byte of a response: what the host collects a body in grows by doubling.
const BYTES_PER_BYTE: usize = 2;
/// How many bytes count for each request that is on its way: 64 KiB that its connection may read ahead, and 16 KiB for its future and for what
/// is being written.
const BYTES_PER_EXCHANGE: usize = 80 << 10;
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
    /// The memory of the call, in which the requests and the responses count.
    memory: Mutex<&'a mut Memory>,
}

impl<'a> Exchanges<'a> {
    fn new(grant: Arc<Grant>, request: Option<Arc<str>>, deadline: Option<Instant>, memory: &'a mut Memory) -> Self {
        let budget = Budget::new(grant.limits.result);
        Self { grant, request, deadline, budget, memory: Mutex::new(memory) }
    }

    /// Sends all requests, some at once. The results have the order of the requests.
    async fn all(&self, requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
        let began = Instant::now();
        let sent = held_bytes(&requests);
        // Nothing is sent whose response could not be held.
        if !self.has_memory_for(sent, 0) {
            return requests.iter().map(|_| Err(Failure::Other(NO_MEMORY.to_owned()))).collect();
        }
        // A request has a future only while it is on its way.
        let exchanges = (0..)
            .zip(requests)
            .map(|(index, request)| async move { (index, self.one(index, request, began, sent).await) });
        let mut results: Vec<_> = stream::iter(exchanges).buffer_unordered(MAX_IN_FLIGHT).collect().await;
        results.sort_unstable_by_key(|(index, _)| *index);
        results.into_iter().map(|(_, result)| result).collect()
    }

    /// Whether the call may hold what it sends, and so many bytes of responses.
    fn has_memory_for(&self, sent: usize, received: usize) -> bool {
        let bytes = received.saturating_mul(BYTES_PER_BYTE).saturating_add(sent);
        self.memory.lock().unwrap_or_else(PoisonError::into_inner).hold_exchange(bytes)
    }

    /// Sends one request and reads its whole response. Its time began with the `send`, as it may have waited for its turn.
    async fn one(&self, index: usize, request: Request, began: Instant, sent: usize) -> Result<Response, Failure> {
        if index >= MAX_REQUESTS {
            return Err(Failure::InvalidRequest(TOO_MANY_REQUESTS.to_owned()));
        }
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let checked = check(&request.method, &request.url, headers, request.body.len())
            .map_err(|invalid| Failure::InvalidRequest(invalid.to_string()))?;
        let place = place(checked.uri());
        let exchange = async {
            let caller = Caller { grant: &self.grant, request: self.request.as_deref() };
            let request = checked.map(|()| Bytes::from(request.body));
            exchange(caller, request, &self.budget, |received| self.has_memory_for(sent, received)).await
        };
        let deadline = self.deadline_of(began, request.timeout_ms);
        // A future is polled before its deadline is looked at, and would be sent.
        if deadline <= Instant::now() {
            return Err(Failure::Timeout);
        }
        match timeout_at(deadline.into(), exchange).await {
            Ok(Ok(response)) => {
                let (head, body) = response.into_parts();
                Ok(Response { status: head.status.as_u16(), headers: entries(&head.headers), body })
            }
            Ok(Err(error)) => Err(failure(error, &place)),
            Err(_) => Err(Failure::Timeout),
        }
    }

    /// When an exchange of a `send` is over that began then.
    fn deadline_of(&self, began: Instant, timeout_ms: Option<u32>) -> Instant {
        let wanted = timeout_ms.map(|ms| Duration::from_millis(ms.into()));
        match self.deadline {
            Some(deadline) => wanted.map_or(deadline, |wanted| deadline.min(began + wanted)),
            None => began + wanted.unwrap_or(Duration::from_millis(DEFAULT_TIMEOUT_MS.into())).min(MAX_TIMEOUT),
        }
    }
}

/// How many bytes the host holds for these requests and for the exchanges of those that are on their way, responses aside.
fn held_bytes(requests: &[Request]) -> usize {
    let each = size_of::<Request>() + size_of::<Result<Response, Failure>>();
    let of_header = |(name, value): &(String, String)| size_of::<(String, String)>() + name.len() + value.len();
    let of_one = |it: &Request| {
        each + it.method.len() + it.url.len() + it.body.len() + it.headers.iter().map(of_header).sum::<usize>()
    };
    requests.iter().map(of_one).sum::<usize>() + requests.len().min(MAX_IN_FLIGHT) * BYTES_PER_EXCHANGE
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
