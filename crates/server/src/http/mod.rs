//! What the engine decides by the head of an HTTP request, and the HTTP responses that it makes.

pub(crate) mod accept;
pub(crate) mod cors;
pub(crate) mod disconnect;
pub(crate) mod gateway;
pub(crate) mod origin;
pub(crate) mod probes;
pub(crate) mod request_body;
pub(crate) mod resource_metadata;
pub(crate) mod response;
pub(crate) mod routes;

use ::http::{HeaderMap, HeaderName};

/// Names the protocol version of a request (MCP 2025-06-18 and later, transports).
pub(crate) const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
/// Repeats the method of the body (MCP 2026-07-28, transports, request headers).
pub(crate) const MCP_METHOD: HeaderName = HeaderName::from_static("mcp-method");
/// Repeats the name of what is called (MCP 2026-07-28, transports, request headers).
pub(crate) const MCP_NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The value of a header that is there exactly once. Two values contradict each other as far as the engine can know, so they
/// count as none.
pub(crate) fn single_header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().map(str::trim),
        _ => None,
    }
}
