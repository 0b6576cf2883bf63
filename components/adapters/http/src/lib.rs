//! The service `http` of the contract, on hosts that have `wasi:http`: wasmtime, Spin and wasmCloud.
//!
//! # Design
//! - What a request may be and how a denial reads is in the crate `http-service`, as on the native host. Here requests become those
//!   of `wasi:http`, and errors of the host become failures.
//! - Which hosts a provider may reach is for the host to decide. It enforces that on every request of `wasi:http`.

mod bindings;

use bindings::exports::wasmcp::mcp::http::{Failure, Guest, Request, Response};
use guest::http::{self as outgoing, send_counted};
use guest::{Deadline, join_at_most};
use http_service::{
    Budget, DEFAULT_TIMEOUT_MS, MAX_IN_FLIGHT, MAX_REQUESTS, TOO_MANY_REQUESTS, check, denied, header_text, place,
};

/// It uses the memory that an instance starts with. The allocator of the standard library would let every call grow it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// How many bytes the responses of one `send` may have together: the default of `--limit-result`, which counts on the native host.
const MAX_RESPONSES: usize = 8 << 20;

struct Adapter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Adapter;
    super::bindings::export!(Adapter with_types_in super::bindings);
}

impl Guest for Adapter {
    fn send(requests: Vec<Request>) -> Vec<Result<Response, Failure>> {
        let (count, budget) = (requests.len(), Budget::new(MAX_RESPONSES));
        let exchanges = (0..).zip(requests).map(|(index, request)| exchange(index, request, &budget));
        guest::block_on(join_at_most(MAX_IN_FLIGHT, exchanges))
            .unwrap_or_else(|deadlock| (0..count).map(|_| Err(Failure::Other(deadlock.to_string()))).collect())
    }
}

/// Sends one request and reads its whole response. The time runs from the call of `send`, also while the request waits for its turn: one
/// whose time is over by then is not sent. How much of the call is left this component does not learn.
fn exchange(index: usize, request: Request, budget: &Budget) -> impl Future<Output = Result<Response, Failure>> {
    let deadline = Deadline::after_ms(request.timeout_ms.unwrap_or(DEFAULT_TIMEOUT_MS));
    async move {
        if index >= MAX_REQUESTS {
            return Err(Failure::InvalidRequest(TOO_MANY_REQUESTS.to_owned()));
        }
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let checked = check(&request.method, &request.url, headers, request.body.len())
            .map_err(|invalid| Failure::InvalidRequest(invalid.to_string()))?;
        let explain = |failure| explain(failure, &place(checked.uri()));
        let outgoing = outgoing_request(&checked, request.body);
        let mut reserved = budget.reserve();
        let response = send_counted(&outgoing, deadline, |bytes| reserved.take(bytes)).await;
        let outgoing::Response { status, headers, body } = response.map_err(explain)?;
        let size: usize = headers.iter().map(|(name, value)| name.len() + value.len()).sum();
        if !reserved.take(size) {
            return Err(Failure::TooLarge);
        }
        reserved.keep();
        let text = |(name, value): (String, Vec<u8>)| (name.to_ascii_lowercase(), header_text(&value));
        Ok(Response { status, headers: headers.into_iter().map(text).collect(), body })
    }
}

fn outgoing_request(checked: &http::Request<()>, body: Vec<u8>) -> outgoing::Request {
    let url = checked.uri();
    let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| (name.to_string(), value.as_bytes().to_vec());
    outgoing::Request {
        method: checked.method().to_string(),
        https: url.scheme() == Some(&http::uri::Scheme::HTTPS),
        authority: url.authority().map(ToString::to_string).unwrap_or_default(),
        path_and_query: url.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: checked.headers().iter().map(header).collect(),
        body,
    }
}

/// The failure as the contract has it, for a request to this place.
fn explain(failure: outgoing::Failure, place: &str) -> Failure {
    match failure {
        outgoing::Failure::HostDenied => Failure::Denied(denied::host(place)),
        outgoing::Failure::AddressDenied => Failure::Denied(denied::address(place)),
        outgoing::Failure::Invalid(_) => Failure::InvalidRequest(failure.to_string()),
        outgoing::Failure::TimedOut => Failure::Timeout,
        outgoing::Failure::TooLarge => Failure::TooLarge,
        outgoing::Failure::Unreachable(reason) => Failure::Connection(reason),
        outgoing::Failure::CutOff(_) => Failure::Connection(failure.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_becomes_the_parts_that_wasi_asks_for() {
        let checked = check("PUT", "https://h:1?q", [("X-A", "1")], 2).expect("valid");
        let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let expected = outgoing::Request {
            method: "PUT".to_owned(),
            https: true,
            authority: "h:1".to_owned(),
            path_and_query: "/?q".to_owned(),
            headers: vec![header("x-a", "1"), header("content-length", "2")],
            body: b"ab".to_vec(),
        };
        assert_eq!(outgoing_request(&checked, b"ab".to_vec()), expected);
    }

    #[test]
    fn each_failure_is_a_case_of_the_contract() {
        for (failure, expected) in [
            (outgoing::Failure::HostDenied, format!("Failure::Denied({:?})", denied::host("h:1"))),
            (outgoing::Failure::AddressDenied, format!("Failure::Denied({:?})", denied::address("h:1"))),
            (
                outgoing::Failure::Invalid("URL"),
                r#"Failure::InvalidRequest("the host does not accept the request's URL")"#.to_owned(),
            ),
            (outgoing::Failure::TimedOut, "Failure::Timeout".to_owned()),
            (outgoing::Failure::TooLarge, "Failure::TooLarge".to_owned()),
            (outgoing::Failure::Unreachable("refused".to_owned()), r#"Failure::Connection("refused")"#.to_owned()),
            (
                outgoing::Failure::CutOff("reset".to_owned()),
                r#"Failure::Connection("the response was cut off: reset")"#.to_owned(),
            ),
        ] {
            assert_eq!(format!("{:?}", explain(failure, "h:1")), expected);
        }
    }
}
