//! Cross-origin requests: what a browser must be told before a page of an allowed origin can call and read the answer (Fetch, CORS
//! protocol).

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, AUTHORIZATION, CONTENT_TYPE, VARY,
};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};

use super::response::{Body, Response};
use super::routes::Route;
use super::{MCP_METHOD, MCP_NAME, PROTOCOL_VERSION};

/// The headers that a page may send, beside those of [`PARAMETER_PREFIX`].
const ALLOWED_HEADERS: [HeaderName; 8] = [
    CONTENT_TYPE,
    ACCEPT,
    AUTHORIZATION,
    PROTOCOL_VERSION,
    MCP_METHOD,
    MCP_NAME,
    HeaderName::from_static("mcp-session-id"),
    HeaderName::from_static("last-event-id"),
];
/// Begins the headers that repeat arguments (MCP 2026-07-28, transports, custom headers).
const PARAMETER_PREFIX: &str = "mcp-param-";
/// The headers of an answer that a page may read, beside those that every page may.
const EXPOSED_HEADERS: HeaderValue = HeaderValue::from_static("Mcp-Session-Id, WWW-Authenticate");
/// How long a browser need not ask again, in seconds. Browsers keep an answer for no longer than two hours.
const MAX_AGE_S: HeaderValue = HeaderValue::from_static("7200");

/// The allowed origin of the page that sent a request. A request without one is of no page.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cors(Option<HeaderValue>);

impl Cors {
    /// The origin has been found to be allowed.
    pub(crate) fn of(allowed: Option<&HeaderValue>) -> Self {
        Self(allowed.cloned())
    }

    /// The answer to a browser that asks whether a page may send a request, before [`apply`](Self::apply). A request that is no such
    /// question has none.
    pub(crate) fn preflight(&self, route: Route, head: &Parts) -> Option<Response> {
        let asks = head.method == Method::OPTIONS && head.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
        if !asks || self.0.is_none() {
            return None;
        }
        let mut response = Response::new(Body::Full(Bytes::new()));
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(route.methods().1));
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE_S);
        if let Ok(allowed) = HeaderValue::try_from(allowed_headers(head)) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, allowed);
        }
        Some(response)
    }

    /// Lets the page read the response. Its origin is named, never `*`, so that a cache does not give the answer to another page.
    pub(crate) fn apply(&self, mut response: Response) -> Response {
        if let Some(origin) = &self.0 {
            let headers = response.headers_mut();
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        response
    }
}

/// Those of the headers that a page wants to send which it may send.
fn allowed_headers(head: &Parts) -> String {
    let wanted = head.headers.get_all(ACCESS_CONTROL_REQUEST_HEADERS).iter().filter_map(|value| value.to_str().ok());
    let names = wanted.flat_map(|value| value.split(',')).filter_map(|name| name.trim().parse::<HeaderName>().ok());
    let may_be_sent = |name: &HeaderName| ALLOWED_HEADERS.contains(name) || name.as_str().starts_with(PARAMETER_PREFIX);
    names.filter(may_be_sent).map(|name| name.to_string()).collect::<Vec<_>>().join(", ")
}
