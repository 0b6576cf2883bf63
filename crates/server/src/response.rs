use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;

/// What the shell sends. Its headers are complete but for `content-length` and those of the connection.
pub type Response = http::Response<Body>;

/// The body of a response.
pub enum Body {
    /// All of it.
    Full(Bytes),
    /// Server-sent events, each of which is sent as soon as it is there. When the client disconnects, the shell does with the
    /// stream what [`OnDisconnect`](crate::OnDisconnect) says.
    Events(Pin<Box<dyn Stream<Item = Bytes> + Send>>),
}

/// A body that is whole, with its type.
pub(crate) fn full(status: http::StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::Full(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}

/// A word for a person or a probe.
pub(crate) fn text(status: http::StatusCode, body: impl Into<Bytes>) -> Response {
    full(status, "text/plain; charset=utf-8", body)
}

/// A message of the protocol.
pub(crate) fn json(status: http::StatusCode, body: impl Into<Bytes>) -> Response {
    full(status, "application/json", body)
}

/// Messages as server-sent events. Proxies must neither keep nor gather them.
pub(crate) fn events(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static("text/event-stream"));
    headers.insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", http::HeaderValue::from_static("no"));
    response
}
