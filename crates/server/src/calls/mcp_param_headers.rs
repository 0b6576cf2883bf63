//! The headers `Mcp-Param-*` of a request, which repeat arguments of a tool (MCP 2026-07-28, transports, custom headers from tool
//! parameters).

use http::{HeaderMap, HeaderName};
use protocol::mcp_param::MirroredArguments;

use crate::error::MessageError;
use crate::http::single_header;

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
        if parameters.is_empty() {
            return Ok(());
        }
        if let Some(name) = self.0.keys().find(|name| single_header(&self.0, name).is_none()) {
            return Err(MessageError::HeaderMismatch(format!("the header `{name}` is there twice, or is not text")));
        }
        let header = |name: &str| single_header(&self.0, &HeaderName::try_from(name).ok()?).map(str::as_bytes);
        parameters.check(arguments, header).map_err(|mismatch| MessageError::HeaderMismatch(mismatch.to_string()))
    }
}
