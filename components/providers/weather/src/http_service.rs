//! [`Http`] by the service `http` of the contract.

use crate::bindings::wasmcp::mcp::http::{Failure, Request, Response, send};
use crate::upstream::{Http, HttpError, LARGEST_ANSWER, Url};

const USER_AGENT: &str = concat!("wasmcp-weather/", env!("CARGO_PKG_VERSION"));

/// Sends requests that each may take so many milliseconds.
pub(crate) struct HttpService {
    pub(crate) timeout_ms: u32,
}

impl Http for HttpService {
    fn get_all(&self, urls: &[Url]) -> Vec<Result<Vec<u8>, HttpError>> {
        let requests: Vec<_> = urls.iter().map(|url| request(url, self.timeout_ms)).collect();
        let mut results = send(&requests).into_iter();
        // The host answers every request. One that did not would not offer the service.
        let mut next = || results.next().unwrap_or(Err(Failure::NotOffered));
        urls.iter().map(|url| body(url.authority.clone(), self.timeout_ms, next())).collect()
    }
}

fn request(url: &Url, timeout_ms: u32) -> Request {
    let headers = [("accept", "application/json"), ("user-agent", USER_AGENT)];
    Request {
        method: "GET".to_owned(),
        url: url.to_string(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        body: Vec::new(),
        timeout_ms: Some(timeout_ms),
    }
}

/// The body of a response, or what its lack means to its reader, who may be the operator.
fn body(host: String, timeout_ms: u32, result: Result<Response, Failure>) -> Result<Vec<u8>, HttpError> {
    Err(match result {
        Ok(Response { status: 200, body, .. }) if body.len() <= LARGEST_ANSWER => return Ok(body),
        Ok(Response { status: 200, .. }) | Err(Failure::TooLarge) => HttpError::TooLarge(host),
        Ok(Response { status, .. }) => HttpError::Status(host, status),
        Err(Failure::NotOffered) => HttpError::NotOffered,
        Err(Failure::Denied(reason)) => HttpError::Denied(reason),
        Err(Failure::Timeout) => HttpError::Timeout(host, timeout_ms),
        Err(Failure::Connection(reason)) => HttpError::Unreachable(host, reason),
        Err(Failure::InvalidRequest(reason) | Failure::Other(reason)) => HttpError::Failed(host, reason),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, length: usize) -> Result<Response, Failure> {
        Ok(Response { status, headers: Vec::new(), body: vec![b' '; length] })
    }

    #[test]
    fn a_body_comes_with_status_200_and_is_not_too_large() {
        assert_eq!(
            body("h:1".to_owned(), 50, response(200, LARGEST_ANSWER)).map(|body| body.len()),
            Ok(LARGEST_ANSWER)
        );
    }

    #[test]
    fn each_failure_says_what_can_be_done_about_it() {
        let reason = || "REASON".to_owned();
        for (result, message) in [
            (Err(Failure::NotOffered), "this server offers its tools no HTTP requests"),
            (Err(Failure::Denied(reason())), "this server may not ask the weather service: REASON"),
            (Err(Failure::Connection(reason())), "the weather service at `h:1` cannot be reached: REASON"),
            (Err(Failure::InvalidRequest(reason())), "the weather service at `h:1` cannot be asked: REASON"),
            (Err(Failure::Other(reason())), "the weather service at `h:1` cannot be asked: REASON"),
            (Err(Failure::Timeout), "the weather service at `h:1` did not answer in time (50 ms)"),
            (Err(Failure::TooLarge), "the weather service at `h:1` answered with more than 1 MiB"),
            (response(200, LARGEST_ANSWER + 1), "the weather service at `h:1` answered with more than 1 MiB"),
            (response(302, 0), "the weather service at `h:1` failed: it answered with HTTP status 302"),
        ] {
            assert_eq!(body("h:1".to_owned(), 50, result).map_err(|error| error.to_string()), Err(message.to_owned()));
        }
    }
}
