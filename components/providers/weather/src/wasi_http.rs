//! [`Http`] by `wasi:http`.

use std::rc::Rc;

use wasi::clocks::monotonic_clock;
use wasi::http::outgoing_handler;
use wasi::http::types::{ErrorCode, Fields, IncomingResponse, OutgoingRequest, RequestOptions, Scheme};
use wasi::io::poll::Pollable;
use wasi::io::streams::StreamError;

use crate::reactor;
use crate::upstream::{Http, HttpError, LARGEST_ANSWER, Url};

const CHUNK: u64 = 64 * 1024;
const USER_AGENT: &str = concat!("wasmcp-weather/", env!("CARGO_PKG_VERSION"));

/// Sends requests that all must be answered by one deadline.
pub(crate) struct WasiHttp {
    timeout_ms: u32,
    deadline: Rc<Pollable>,
}

impl WasiHttp {
    /// The time runs from now.
    pub(crate) fn new(timeout_ms: u32) -> Self {
        let deadline = monotonic_clock::subscribe_duration(nanoseconds(timeout_ms));
        Self { timeout_ms, deadline: Rc::new(deadline) }
    }

    /// Waits for an event of this request.
    async fn wait(&self, url: &Url, event: Pollable) -> Result<(), HttpError> {
        let in_time = reactor::ready(event, &self.deadline).await;
        if in_time { Ok(()) } else { Err(HttpError::Slow(url.authority.clone(), self.timeout_ms)) }
    }

    async fn send(&self, url: &Url) -> Result<IncomingResponse, HttpError> {
        let request = request(url)
            .map_err(|()| HttpError::Unreachable(url.authority.clone(), "the host takes no such URL".to_owned()))?;
        let answer = outgoing_handler::handle(request, Some(self.options())).map_err(|code| self.error(url, &code))?;
        loop {
            if let Some(response) = answer.get() {
                // The outer result tells a second `get`, which there is not.
                return response.unwrap_or(Err(ErrorCode::InternalError(None))).map_err(|code| self.error(url, &code));
            }
            self.wait(url, answer.subscribe()).await?;
        }
    }

    /// The same limit for each phase. A host may not have these; the deadline holds all the same.
    fn options(&self) -> RequestOptions {
        let options = RequestOptions::new();
        let limit = Some(nanoseconds(self.timeout_ms));
        let _ = options.set_connect_timeout(limit);
        let _ = options.set_first_byte_timeout(limit);
        let _ = options.set_between_bytes_timeout(limit);
        options
    }

    fn error(&self, url: &Url, code: &ErrorCode) -> HttpError {
        explain(url.authority.clone(), self.timeout_ms, code)
    }
}

impl Http for WasiHttp {
    async fn get(&self, url: &Url) -> Result<Vec<u8>, HttpError> {
        let response = self.send(url).await?;
        let status = response.status();
        if status != 200 {
            return Err(HttpError::Status(url.authority.clone(), status));
        }
        let broken_off = |why: &str| HttpError::BrokenOff(url.authority.clone(), why.to_owned());
        let body = response.consume().map_err(|()| broken_off("it has no body"))?;
        let stream = body.stream().map_err(|()| broken_off("it has no body"))?;
        let mut bytes = Vec::new();
        loop {
            match stream.read(CHUNK) {
                Ok(chunk) if chunk.is_empty() => self.wait(url, stream.subscribe()).await?,
                Ok(chunk) => bytes.extend(chunk),
                Err(StreamError::Closed) => return Ok(bytes),
                Err(StreamError::LastOperationFailed(error)) => {
                    return Err(match wasi::http::types::http_error_code(&error) {
                        Some(code) if matches!(self.error(url, &code), HttpError::Slow(..)) => self.error(url, &code),
                        _ => broken_off(&error.to_debug_string()),
                    });
                }
            }
            if bytes.len() > LARGEST_ANSWER {
                return Err(HttpError::TooLarge(url.authority.clone()));
            }
        }
    }
}

fn request(url: &Url) -> Result<OutgoingRequest, ()> {
    let headers = [("accept", "application/json"), ("user-agent", USER_AGENT)];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
    let request = OutgoingRequest::new(Fields::from_list(&headers).map_err(|_| ())?);
    request.set_scheme(Some(if url.https { &Scheme::Https } else { &Scheme::Http }))?;
    request.set_authority(Some(&url.authority))?;
    request.set_path_with_query(Some(&url.path_and_query))?;
    Ok(request)
}

/// What a failure means to whoever reads it.
fn explain(host: String, timeout_ms: u32, code: &ErrorCode) -> HttpError {
    match code {
        ErrorCode::HttpRequestDenied => HttpError::Refused(host),
        ErrorCode::DestinationIpProhibited => HttpError::AddressRefused(host),
        ErrorCode::DnsTimeout
        | ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => HttpError::Slow(host, timeout_ms),
        ErrorCode::DnsError(_) => HttpError::Unreachable(host, "its name is not known".to_owned()),
        ErrorCode::ConnectionRefused => HttpError::Unreachable(host, "connection refused".to_owned()),
        other => HttpError::Unreachable(host, format!("{other:?}")),
    }
}

fn nanoseconds(ms: u32) -> u64 {
    u64::from(ms) * 1_000_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_what_can_be_done_about_it() {
        for (code, message) in [
            (
                ErrorCode::HttpRequestDenied,
                "this server may not send requests to `h:1`: its operator can allow it with `--egress h:1`",
            ),
            (
                ErrorCode::DestinationIpProhibited,
                "this server may not send requests to the address of `h:1`: its log names the `--egress` that allows it",
            ),
            (ErrorCode::ConnectionRefused, "the weather service at `h:1` cannot be reached: connection refused"),
            (ErrorCode::ConnectionTimeout, "the weather service at `h:1` did not answer in time (50 ms)"),
            (ErrorCode::ConnectionReadTimeout, "the weather service at `h:1` did not answer in time (50 ms)"),
            (ErrorCode::LoopDetected, "the weather service at `h:1` cannot be reached: ErrorCode::LoopDetected"),
        ] {
            assert_eq!(explain("h:1".to_owned(), 50, &code).to_string(), message);
        }
    }
}
