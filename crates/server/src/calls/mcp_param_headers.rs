//! The headers `Mcp-Param-*` of a request, which repeat arguments of a tool (MCP 2026-07-28, transports, custom headers from tool
//! parameters). Their comparison with the arguments is `protocol::mcp_param`.

use http::{HeaderMap, HeaderValue};
use protocol::mcp_param::MirroredArguments;

use crate::error::MessageError;

/// The prefix of their names.
const PREFIX: &str = "mcp-param-";

/// The headers of one request, which outlive its head.
#[derive(Default)]
pub(crate) struct McpParamHeaders(HeaderMap);

impl McpParamHeaders {
    /// Copies them. Most requests have none, which costs no allocation.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let mut found = HeaderMap::new();
        for (name, value) in headers.iter().filter(|(name, _)| name.as_str().starts_with(PREFIX)) {
            found.append(name.clone(), value.clone());
        }
        Self(found)
    }

    /// Checks that each argument that a tool wants in a header is there once and agrees with the body.
    pub(crate) fn check(&self, parameters: &MirroredArguments, arguments: &str) -> Result<(), MessageError> {
        let values = |name: &str| self.0.get_all(name).iter().map(HeaderValue::as_bytes);
        parameters.check(arguments, values).map_err(|mismatch| MessageError::HeaderMismatch(mismatch.to_string()))
    }
}
