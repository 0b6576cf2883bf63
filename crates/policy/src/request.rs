//! The request that brought the message, as policies see it.

use regorus::Value;

use crate::document::{object, texts};

/// The member `request` of the input. It is made once for a request: copies share it.
#[derive(Clone, Debug, PartialEq)]
pub struct Request(pub(crate) Value);

/// What a server knows of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct RequestParts<'a> {
    /// The id that the server gave the request, for logs.
    pub id: Option<&'a str>,
    /// The version of MCP, for example `2025-11-25`.
    pub protocol_version: Option<&'a str>,
    /// The name and version of the client program, as it says: neither is verified.
    pub client: Option<(&'a str, &'a str)>,
    /// The headers that the operator lets policies see, with names in lower case. A name that comes twice has its last value.
    pub headers: &'a [(&'a str, &'a str)],
    /// The address of the client.
    pub address: Option<&'a str>,
}

impl Request {
    /// Makes the member.
    #[must_use]
    pub fn new(parts: &RequestParts<'_>) -> Self {
        let client = parts
            .client
            .map(|(name, version)| object([("name", Some(name.into())), ("version", Some(version.into()))]));
        Self(object([
            ("id", parts.id.map(Value::from)),
            ("protocolVersion", parts.protocol_version.map(Value::from)),
            ("client", client),
            ("headers", Some(texts(parts.headers.iter().copied()))),
            ("address", parts.address.map(Value::from)),
        ]))
    }

    /// Stands for a request of which no document is made.
    pub(crate) fn left_out() -> Self {
        Self(Value::Undefined)
    }
}

impl Default for Request {
    fn default() -> Self {
        Self::new(&RequestParts::default())
    }
}
