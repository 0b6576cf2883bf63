//! HTTP responses: whole bodies, and streams of server-sent events.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderValue, StatusCode};

use crate::calls::stream::CallStream;

/// A response for the shell to send. Its headers are complete but for `content-length` and those of the connection.
pub type Response = http::Response<Body>;

/// The body of a response.
pub enum Body {
    /// The whole body.
    Full(Bytes),
    /// Server-sent events. The shell sends each as soon as it is there. When the client disconnects, the shell does with the
    /// stream what [`OnDisconnect`](crate::OnDisconnect) says.
    Events(CallStream),
}

/// A whole body of this media type.
fn full(status: StatusCode, content_type: &'static str, body: impl Into<Bytes>) -> Response {
    let mut response = Response::new(Body::Full(body.into()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

/// Text for a person or a probe.
pub(crate) fn text(status: StatusCode, body: impl Into<Bytes>) -> Response {
    full(status, "text/plain; charset=utf-8", body)
}

/// A message of the protocol.
pub(crate) fn json(status: StatusCode, body: impl Into<Bytes>) -> Response {
    full(status, "application/json", body)
}

/// Messages as server-sent events. The headers tell proxies to pass each event on at once.
pub(crate) fn events(body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// The response to a notification that was accepted (all versions, transports: 202 without a body).
pub(crate) fn accepted() -> Response {
    let mut response = Response::new(Body::Full(Bytes::new()));
    *response.status_mut() = StatusCode::ACCEPTED;
    response
}
