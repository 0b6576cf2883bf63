//! The rules that a provider's records must keep, beyond their types: sizes, names of tools, schemas, and what clients can be sent.

use contract::model::{ProviderInfo, Tool};
use protocol::{EncodeError, lifecycle, mcp_param};
use serde_json::Value;

use crate::BuildError;
use crate::build::Warning;
use crate::lists::Listed;
use crate::snapshot::size_as_json;

/// How many `experimental` and `extensions` entries a provider may describe, each: every client gets all of them.
pub(crate) const MAX_ENTRIES: usize = 100;

/// How many bytes a schema of a tool may have. It is read for calls, too.
pub(crate) const MAX_SCHEMA_BYTES: usize = mcp_param::MAX_SCHEMA_BYTES;

/// How many bytes a name of a tool may have. Clients repeat it in a header.
const MAX_NAME_BYTES: usize = 1024;

/// How many bytes the description of a provider may have as JSON: the server sends those of all to every client.
const MAX_INFO_BYTES: usize = 256 << 10;

/// What is wrong with what a provider says of itself. The words follow the name of the provider.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InfoFault {
    /// Too many entries of this member.
    #[error("describes more than {MAX_ENTRIES} entries of `{0}`")]
    Entries(&'static str),
    /// Too many bytes of instructions, or of other members.
    #[error("describes itself in more than 256 KiB")]
    Size,
    /// No client can be sent it.
    #[error("describes itself as no client can be told: {0}")]
    Encoding(EncodeError),
}

/// Checks what a provider says of itself.
pub(crate) fn check_info(info: &ProviderInfo) -> Result<(), InfoFault> {
    match (info.experimental.len() > MAX_ENTRIES, info.extensions.len() > MAX_ENTRIES) {
        (true, _) => Err(InfoFault::Entries("experimental")),
        (_, true) => Err(InfoFault::Entries("extensions")),
        _ if size_as_json(info) > MAX_INFO_BYTES => Err(InfoFault::Size),
        _ => lifecycle::check_info(info).map_err(InfoFault::Encoding),
    }
}

/// Checks that clients can be sent an item.
pub(crate) fn check_encoding<T: Listed>(provider: &str, item: &T) -> Result<(), BuildError> {
    item.check_encoding().map_err(|fault| BuildError::Encoding {
        provider: provider.to_owned(),
        kind: T::KIND,
        name: item.key().to_owned(),
        fault,
    })
}

/// Checks a tool but for its encoding. What MCP only advises against is a warning.
pub(crate) fn check_tool(provider: &str, prefix: Option<&str>, tool: &Tool) -> Result<Option<Warning>, BuildError> {
    let warning = check_tool_name(provider, prefix, &tool.name)?;
    check_schemas(provider, tool)?;
    Ok(warning)
}

/// MCP 2026-07-28, server/tools: tool names. The prefix counts, since clients see it.
fn check_tool_name(provider: &str, prefix: Option<&str>, own: &str) -> Result<Option<Warning>, BuildError> {
    let (provider, name) = (provider.to_owned(), format!("{}{own}", prefix.unwrap_or_default()));
    if name.is_empty() || name.len() > MAX_NAME_BYTES || name.chars().any(char::is_control) {
        return Err(BuildError::ToolName { provider, name });
    }
    let is_advised = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
    let is_advised = name.len() <= 128 && name.bytes().all(is_advised);
    Ok((!is_advised).then_some(Warning::ToolName { provider, name }))
}

/// The root of an input schema is `{"type": "object", …}` (MCP 2026-07-28, `Tool.inputSchema`), and what asks for a header stands where
/// clients look for it.
fn check_schemas(provider: &str, tool: &Tool) -> Result<(), BuildError> {
    let (provider, name) = (|| provider.to_owned(), || tool.name.clone());
    let output = tool.output_schema.as_deref().unwrap_or_default();
    if tool.input_schema.len().max(output.len()) > MAX_SCHEMA_BYTES {
        return Err(BuildError::SchemaSize { provider: provider(), tool: name() });
    }
    let expected = match serde_json::from_str::<Value>(&tool.input_schema) {
        Err(_) => "JSON",
        Ok(schema) if schema.get("type").and_then(Value::as_str) == Some("object") => {
            return mcp_param::check_schema(&schema).map_err(|fault| BuildError::HeaderAnnotation {
                provider: provider(),
                tool: name(),
                fault,
            });
        }
        Ok(Value::Object(_)) => "of type `object`",
        Ok(_) => "a JSON object",
    };
    Err(BuildError::InputSchema { provider: provider(), tool: name(), expected })
}
