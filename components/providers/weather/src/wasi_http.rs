//! [`Http`] by `wasi:http`.

use guest::Deadline;
use guest::http::{Failure, Request, begin};

use crate::upstream::{Http, HttpError, LARGEST_ANSWER, Url};

const USER_AGENT: &str = concat!("wasmcp-weather/", env!("CARGO_PKG_VERSION"));

/// Sends requests that all must be answered by one deadline.
pub(crate) struct WasiHttp {
    timeout_ms: u32,
    deadline: Deadline,
}

impl WasiHttp {
    /// The time runs from now.
    pub(crate) fn new(timeout_ms: u32) -> Self {
        Self { timeout_ms, deadline: Deadline::after_ms(timeout_ms) }
    }
}

impl Http for WasiHttp {
    async fn get(&self, url: &Url) -> Result<Vec<u8>, HttpError> {
        let explain = |failure| explain(url.authority.clone(), self.timeout_ms, failure);
        let response = begin(&request(url), self.deadline).await.map_err(explain)?;
        match response.status() {
            200 => response.body(self.deadline, LARGEST_ANSWER).await.map_err(explain),
            status => Err(HttpError::Status(url.authority.clone(), status)),
        }
    }
}

fn request(url: &Url) -> Request {
    let headers = [("accept", "application/json"), ("user-agent", USER_AGENT)];
    Request {
        method: "GET".to_owned(),
        https: url.https,
        authority: url.authority.clone(),
        path_and_query: url.path_and_query.clone(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())).into(),
        body: Vec::new(),
    }
}

/// What a failure means to its reader, who may be the operator.
fn explain(host: String, timeout_ms: u32, failure: Failure) -> HttpError {
    match failure {
        Failure::HostDenied => HttpError::Refused(host),
        Failure::AddressDenied => HttpError::AddressRefused(host),
        Failure::TimedOut => HttpError::Slow(host, timeout_ms),
        Failure::Unreachable(reason) => HttpError::Unreachable(host, reason),
        Failure::Invalid(_) => HttpError::Unreachable(host, "the host takes no such URL".to_owned()),
        Failure::TooLarge => HttpError::TooLarge(host),
        Failure::CutOff(reason) => HttpError::BrokenOff(host, reason),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_what_can_be_done_about_it() {
        for (failure, message) in [
            (
                Failure::HostDenied,
                "this server may not send requests to `h:1`: its operator can allow it with `--egress h:1`",
            ),
            (
                Failure::AddressDenied,
                "this server may not send requests to the address of `h:1`: its log names the `--egress` that allows it",
            ),
            (
                Failure::Unreachable("connection refused".to_owned()),
                "the weather service at `h:1` cannot be reached: connection refused",
            ),
            (Failure::Invalid("URL"), "the weather service at `h:1` cannot be reached: the host takes no such URL"),
            (Failure::TimedOut, "the weather service at `h:1` did not answer in time (50 ms)"),
            (Failure::TooLarge, "the weather service at `h:1` answered with more than 1 MiB"),
            (Failure::CutOff("reset".to_owned()), "the weather service at `h:1` broke off its answer: reset"),
        ] {
            assert_eq!(explain("h:1".to_owned(), 50, failure).to_string(), message);
        }
    }
}
