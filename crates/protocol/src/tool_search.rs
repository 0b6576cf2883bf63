//! `search_tools` and `call_tool`: the two tools that stand for many. They are no part of MCP, which has no search yet; a server lists them as
//! tools of its own.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json;

/// The tool that finds tools.
pub const SEARCH: &str = "search_tools";
/// The tool that calls a tool that was found.
pub const CALL: &str = "call_tool";
/// The `inputSchema` of [`SEARCH`].
pub const SEARCH_SCHEMA: &str = r#"{"type":"object","properties":{"query":{"type":"string","description":"Words that describe what is to be done"},"limit":{"type":"integer","minimum":1,"maximum":50,"description":"How many tools to find; 10 where it is left out"}},"required":["query"],"additionalProperties":false}"#;
/// The `inputSchema` of [`CALL`].
pub const CALL_SCHEMA: &str = r#"{"type":"object","properties":{"name":{"type":"string","description":"The name of the tool"},"arguments":{"type":"object","description":"The arguments, by the `inputSchema` of the tool"}},"required":["name"],"additionalProperties":false}"#;

/// The arguments of [`SEARCH`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolSearch {
    /// What is looked for.
    pub query: String,
    /// How many tools are wanted at most.
    #[serde(default)]
    pub limit: Option<usize>,
}

/// The arguments of [`CALL`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundToolCall {
    /// The name of the tool.
    pub name: String,
    /// Its arguments: a JSON object.
    pub arguments: String,
}

/// Why arguments do not fit one of the two tools.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the arguments of `{tool}` do not fit its `inputSchema`: {reason}")]
pub struct SearchError {
    tool: &'static str,
    reason: String,
}

/// Decodes the arguments of [`SEARCH`], a JSON object.
///
/// # Errors
/// They do not fit its schema.
pub fn search_arguments(arguments: &str) -> Result<ToolSearch, SearchError> {
    serde_json::from_str(arguments).map_err(|error| SearchError { tool: SEARCH, reason: error.to_string() })
}

/// Decodes the arguments of [`CALL`], a JSON object.
///
/// # Errors
/// They do not fit its schema.
pub fn call_arguments(arguments: &str) -> Result<FoundToolCall, SearchError> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Arguments<'a> {
        name: String,
        #[serde(borrow, default)]
        arguments: Option<&'a RawValue>,
    }
    let error = |reason: String| SearchError { tool: CALL, reason };
    let Arguments { name, arguments } = serde_json::from_str(arguments).map_err(|reason| error(reason.to_string()))?;
    match arguments {
        None => Ok(FoundToolCall { name, arguments: "{}".to_owned() }),
        Some(raw) if json::is_object(raw) => Ok(FoundToolCall { name, arguments: raw.get().to_owned() }),
        Some(_) => Err(error("`arguments` must be an object".to_owned())),
    }
}
