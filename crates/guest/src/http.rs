//! Outgoing HTTP requests by `wasi:http`, as plain values.

use wasi::http::outgoing_handler;
use wasi::http::types::{
    ErrorCode, Fields, IncomingResponse, Method, OutgoingBody, OutgoingRequest, RequestOptions, Scheme, http_error_code,
};

use crate::executor::ready;
use crate::streams::{ReadError, read_counted, write_all};
use crate::time::Deadline;

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, as in `GET`.
    pub method: String,
    /// Whether the scheme is `https` and not `http`.
    pub https: bool,
    /// Host and port.
    pub authority: String,
    /// As in `/v1/search?name=a`.
    pub path_and_query: String,
    /// Names and values.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body, which is not sent if it is empty.
    pub body: Vec<u8>,
}

/// What a server answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Names and values.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The host takes no such request: the method, the URL or a header is not valid.
    #[error("the host does not accept the request's {0}")]
    Invalid(&'static str),
    /// The host's rules for egress do not allow the name of the server.
    #[error("requests to this host are not allowed")]
    HostDenied,
    /// The rules do not allow the address that the name resolves to.
    #[error("requests to the address of this host are not allowed")]
    AddressDenied,
    /// There was no connection, for this reason.
    #[error("the server cannot be reached: {0}")]
    Unreachable(String),
    /// The response was not complete at the deadline. After the deadline no request is sent.
    #[error("the server did not answer in time")]
    TimedOut,
    /// The body has more bytes than the limit.
    #[error("the body of the response is too large")]
    TooLarge,
    /// The connection ended before the body did, for this reason.
    #[error("the response was cut off: {0}")]
    CutOff(String),
}

/// Sends a request and reads the whole response by the deadline, with a body of at most `body_limit` bytes.
pub async fn send(request: &Request, deadline: Deadline, body_limit: usize) -> Result<Response, Failure> {
    let mut left = body_limit;
    send_counted(request, deadline, |bytes| left.checked_sub(bytes).map(|rest| left = rest).is_some()).await
}

/// Sends a request and reads the whole response by the deadline. Before each part of the body is kept, `accepts` is asked
/// about its length in bytes; where it is false the response is [too large](Failure::TooLarge).
pub async fn send_counted(
    request: &Request,
    deadline: Deadline,
    accepts: impl FnMut(usize) -> bool,
) -> Result<Response, Failure> {
    let exchange = async {
        let incoming = head(request, deadline).await?;
        let (status, headers) = (incoming.status(), incoming.headers().entries());
        Ok(Response { status, headers, body: body(&incoming, accepts).await? })
    };
    deadline.limit(exchange).await.unwrap_or(Err(Failure::TimedOut))
}

async fn head(request: &Request, deadline: Deadline) -> Result<IncomingResponse, Failure> {
    let outgoing = outgoing(request)?;
    let body = match request.body.is_empty() {
        true => None,
        false => Some(outgoing.body().map_err(|()| Failure::Invalid("body"))?),
    };
    let answer = outgoing_handler::handle(outgoing, Some(options(deadline))).map_err(failure)?;
    if let Some(body) = body {
        write(body, &request.body).await;
    }
    loop {
        if let Some(response) = answer.get() {
            // The outer result is an error for a second successful `get`, which is never made.
            return response.unwrap_or(Err(ErrorCode::InternalError(None))).map_err(failure);
        }
        ready(answer.subscribe()).await;
    }
}

/// A server may answer before it has read the whole body, so that an error here is no failure: what became of the request is
/// what the host says of the response.
async fn write(body: OutgoingBody, bytes: &[u8]) {
    let Ok(stream) = body.write() else { return };
    let written = write_all(&stream, bytes).await;
    // The stream is a child of the body, and must be dropped first.
    drop(stream);
    if written.is_ok() {
        let _ = OutgoingBody::finish(body, None);
    }
}

async fn body(response: &IncomingResponse, accepts: impl FnMut(usize) -> bool) -> Result<Vec<u8>, Failure> {
    let none = |()| Failure::CutOff("it has no body".to_owned());
    let body = response.consume().map_err(none)?;
    let stream = body.stream().map_err(none)?;
    read_counted(&stream, accepts).await.map_err(|error| match error {
        ReadError::TooLarge => Failure::TooLarge,
        ReadError::Failed(error) => match http_error_code(&error).map(failure) {
            Some(Failure::TimedOut) => Failure::TimedOut,
            _ => Failure::CutOff(error.to_debug_string()),
        },
    })
}

fn outgoing(request: &Request) -> Result<OutgoingRequest, Failure> {
    let Request { method, https, authority, path_and_query, headers, .. } = request;
    let outgoing = OutgoingRequest::new(Fields::from_list(headers).map_err(|_| Failure::Invalid("headers"))?);
    let invalid = |part| move |()| Failure::Invalid(part);
    outgoing.set_method(&self::method(method)).map_err(invalid("method"))?;
    outgoing.set_scheme(Some(if *https { &Scheme::Https } else { &Scheme::Http })).map_err(invalid("URL"))?;
    outgoing.set_authority(Some(authority)).map_err(invalid("URL"))?;
    outgoing.set_path_with_query(Some(path_and_query)).map_err(invalid("URL"))?;
    Ok(outgoing)
}

/// Methods are case-sensitive (RFC 9110 §9.1).
fn method(name: &str) -> Method {
    match name {
        "GET" => Method::Get,
        "HEAD" => Method::Head,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        "CONNECT" => Method::Connect,
        "OPTIONS" => Method::Options,
        "TRACE" => Method::Trace,
        "PATCH" => Method::Patch,
        other => Method::Other(other.to_owned()),
    }
}

/// The same limit for each phase. A host may not support these; the deadline holds all the same.
fn options(deadline: Deadline) -> RequestOptions {
    let options = RequestOptions::new();
    let limit = Some(deadline.remaining());
    let _ = options.set_connect_timeout(limit);
    let _ = options.set_first_byte_timeout(limit);
    let _ = options.set_between_bytes_timeout(limit);
    options
}

fn failure(code: ErrorCode) -> Failure {
    match code {
        ErrorCode::HttpRequestDenied => Failure::HostDenied,
        ErrorCode::DestinationIpProhibited => Failure::AddressDenied,
        ErrorCode::DnsTimeout
        | ErrorCode::ConnectionTimeout
        | ErrorCode::ConnectionReadTimeout
        | ErrorCode::ConnectionWriteTimeout
        | ErrorCode::HttpResponseTimeout => Failure::TimedOut,
        ErrorCode::DnsError(_) => Failure::Unreachable("its name is not known".to_owned()),
        ErrorCode::ConnectionRefused => Failure::Unreachable("connection refused".to_owned()),
        other => Failure::Unreachable(format!("{other:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_host_is_the_failure_that_says_what_can_be_done() {
        let unreachable = |reason: &str| Failure::Unreachable(reason.to_owned());
        for (code, expected) in [
            (ErrorCode::HttpRequestDenied, Failure::HostDenied),
            (ErrorCode::DestinationIpProhibited, Failure::AddressDenied),
            (ErrorCode::DnsTimeout, Failure::TimedOut),
            (ErrorCode::ConnectionTimeout, Failure::TimedOut),
            (ErrorCode::ConnectionReadTimeout, Failure::TimedOut),
            (ErrorCode::HttpResponseTimeout, Failure::TimedOut),
            (ErrorCode::ConnectionRefused, unreachable("connection refused")),
            (ErrorCode::LoopDetected, unreachable("ErrorCode::LoopDetected")),
        ] {
            assert_eq!(failure(code), expected);
        }
    }

    #[test]
    fn a_method_is_the_one_that_is_spelled_exactly_so() {
        for (name, other) in [("GET", false), ("PATCH", false), ("get", true), ("PROPFIND", true)] {
            assert_eq!(matches!(method(name), Method::Other(_)), other, "{name}");
        }
    }
}
