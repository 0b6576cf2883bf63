//! Checks the plain values of a request.

use http::header::{self, HeaderName, HeaderValue};
use http::uri::Scheme;
use http::{HeaderMap, Method, Request, Uri};

/// Headers that belong to the connection and not to the request (RFC 9110 §7.6.1, RFC 9112 §3.2 and §6): the host writes those
/// that it needs.
const HOST_HEADERS: [HeaderName; 11] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::HOST,
    HeaderName::from_static("http2-settings"),
    HeaderName::from_static("keep-alive"),
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    header::TE,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// How many headers a request may have. Common servers accept no more.
const MAX_HEADERS: usize = 100;

/// Why a request cannot be sent as it is. No value is repeated, since it may be a secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// RFC 9110 §9.1.
    #[error("the method is not a token, as `GET` is one")]
    Method,
    /// It makes a tunnel of the connection (RFC 9110 §9.3.6), and has no response that is a value.
    #[error("the method CONNECT is not offered")]
    Connect,
    /// Not absolute, of another scheme, with an invalid port, too long, or with characters that a URL does not have (RFC 3986 §2).
    #[error("the URL is not an absolute URL of the form `http[s]://HOST[:PORT][/PATH][?QUERY]`")]
    Url,
    /// RFC 9110 §4.2.4.
    #[error("the URL has a user name: credentials belong in the header `authorization`")]
    UserInfo,
    /// RFC 9110 §5.1.
    #[error("the name of a header is not a token, as `accept` is one")]
    HeaderName,
    /// RFC 9110 §5.5.
    #[error("the value of the header `{0}` has a line break or another control character")]
    HeaderValue(HeaderName),
    /// One of [`HOST_HEADERS`].
    #[error("the header `{0}` is for the host to write")]
    HostHeader(HeaderName),
    /// More than [`MAX_HEADERS`].
    #[error("the request has more than {MAX_HEADERS} headers")]
    TooManyHeaders,
}

/// Checks a request of these values, and gives it the header `content-length` where its method or its body asks for one. The URL
/// of the result has a scheme, a host and a path; its fragment is dropped, since no fragment is sent (RFC 9110 §7.1).
pub fn check<'a>(
    method: &str,
    url: &str,
    headers: impl IntoIterator<Item = (&'a str, &'a str)>,
    body_length: usize,
) -> Result<Request<()>, InvalidRequest> {
    let method = check_method(method)?;
    let mut checked = check_headers(headers)?;
    if let Some(length) = content_length(&method, body_length) {
        checked.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    }
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = check_url(url)?;
    *request.headers_mut() = checked;
    Ok(request)
}

/// Host and port of a checked URL, as a rule for egress names them: `HOST:PORT`.
pub fn place(url: &Uri) -> String {
    let default = if url.scheme() == Some(&Scheme::HTTPS) { 443 } else { 80 };
    format!("{}:{}", url.host().unwrap_or_default(), url.port_u16().unwrap_or(default))
}

fn check_method(method: &str) -> Result<Method, InvalidRequest> {
    match Method::from_bytes(method.as_bytes()) {
        Ok(Method::CONNECT) => Err(InvalidRequest::Connect),
        Ok(method) => Ok(method),
        Err(_) => Err(InvalidRequest::Method),
    }
}

fn check_url(url: &str) -> Result<Uri, InvalidRequest> {
    // The parser takes characters beyond ASCII in a path, which a URL has in percent-encoding only.
    let uri: Uri = url.is_ascii().then(|| url.parse().ok()).flatten().ok_or(InvalidRequest::Url)?;
    let authority = uri.authority().ok_or(InvalidRequest::Url)?;
    if authority.as_str().contains('@') {
        return Err(InvalidRequest::UserInfo);
    }
    let is_http = uri.scheme().is_some_and(|scheme| *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS);
    // Otherwise the rest is a port that is no number of a port.
    let is_whole = authority.port_u16().is_some() || authority.as_str() == authority.host();
    if is_http && is_whole && !authority.host().is_empty() { Ok(uri) } else { Err(InvalidRequest::Url) }
}

fn check_headers<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<HeaderMap, InvalidRequest> {
    let mut checked = HeaderMap::new();
    for (name, value) in headers {
        if checked.len() >= MAX_HEADERS {
            return Err(InvalidRequest::TooManyHeaders);
        }
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| InvalidRequest::HeaderName)?;
        if HOST_HEADERS.contains(&name) {
            return Err(InvalidRequest::HostHeader(name));
        }
        let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) else {
            return Err(InvalidRequest::HeaderValue(name));
        };
        checked.append(name, value);
    }
    Ok(checked)
}

/// The length goes with every body, and with no body where the method usually has one (RFC 9110 §8.6): some servers answer 411
/// otherwise.
fn content_length(method: &Method, body_length: usize) -> Option<usize> {
    let usually_has_one = [Method::POST, Method::PUT, Method::PATCH].contains(method);
    (body_length > 0 || usually_has_one).then_some(body_length)
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
