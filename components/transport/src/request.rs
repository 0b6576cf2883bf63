//! Reads the incoming request: its head as `http::request::Parts`, and its body up to the limit.

use bytes::Bytes;
use guest::Deadline;
use guest::streams::{ReadError, read_to_end};
use http::header::{HOST, HeaderValue};
use http::request::Parts;
use server::BodyError;
use wasi::http::types::{ErrorCode, IncomingRequest, Method, Scheme};

/// How long a client may take to send a body, in milliseconds: as long as `wasmcp serve` gives it.
const BODY_TIMEOUT_MS: u32 = 100_000;

/// The method, the target and the headers of the request.
pub(crate) fn head(request: &IncomingRequest) -> Result<Parts, ErrorCode> {
    let authority = request.authority();
    let mut uri = http::uri::Builder::new().path_and_query(request.path_with_query().unwrap_or_else(|| "/".to_owned()));
    // A URI has both a scheme and an authority, or neither.
    if let Some(authority) = &authority {
        uri = uri.authority(authority.as_str()).scheme(match request.scheme() {
            Some(Scheme::Https) => "https",
            _ => "http",
        });
    }
    let mut builder = http::Request::builder()
        .method(method(request.method())?)
        .uri(uri.build().map_err(|_| ErrorCode::HttpRequestUriInvalid)?);
    for (name, value) in request.headers().entries() {
        builder = builder.header(name, value);
    }
    let (mut head, ()) = builder.body(()).map_err(|_| ErrorCode::HttpProtocolError)?.into_parts();
    // Hosts may keep the authority out of the headers, as HTTP/2 does (RFC 9113 §8.3.1).
    if !head.headers.contains_key(HOST)
        && let Some(host) = authority.and_then(|authority| HeaderValue::try_from(authority).ok())
    {
        head.headers.insert(HOST, host);
    }
    Ok(head)
}

fn method(method: Method) -> Result<http::Method, ErrorCode> {
    Ok(match method {
        Method::Get => http::Method::GET,
        Method::Head => http::Method::HEAD,
        Method::Post => http::Method::POST,
        Method::Put => http::Method::PUT,
        Method::Delete => http::Method::DELETE,
        Method::Connect => http::Method::CONNECT,
        Method::Options => http::Method::OPTIONS,
        Method::Trace => http::Method::TRACE,
        Method::Patch => http::Method::PATCH,
        Method::Other(name) => {
            http::Method::from_bytes(name.as_bytes()).map_err(|_| ErrorCode::HttpRequestMethodInvalid)?
        }
    })
}

/// Reads the whole body. Of a body that is too large at most the limit is kept.
pub(crate) async fn body(request: &IncomingRequest, limit: usize) -> Result<Bytes, BodyError> {
    let body = request.consume().map_err(|()| BodyError::CutShort)?;
    let stream = body.stream().map_err(|()| BodyError::CutShort)?;
    match Deadline::after_ms(BODY_TIMEOUT_MS).limit(read_to_end(&stream, limit)).await {
        Some(Ok(bytes)) => Ok(bytes.into()),
        Some(Err(ReadError::TooLarge)) => Err(BodyError::TooLarge),
        Some(Err(ReadError::Failed(_))) => Err(BodyError::CutShort),
        None => Err(BodyError::TooSlow),
    }
}
