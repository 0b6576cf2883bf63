//! Errors of the contract, by a name that the client sends.

use crate::bindings::wasmcp::mcp::model::{ErrorCode, McpError};

/// The error that a text names, or one of the provider's own if it names none.
pub(crate) fn named(text: &str) -> McpError {
    let named = |name: &str| text.contains(name);
    match () {
        () if named("deadline") => McpError::DeadlineExceeded,
        () if named("unavailable") => McpError::Unavailable(Some(1500)),
        () if named("forbidden") => McpError::Forbidden("not today".to_owned()),
        () if named("internal") => McpError::Internal("it broke".to_owned()),
        () => McpError::Other(ErrorCode {
            code: 42,
            message: "its own".to_owned(),
            data: Some(r#"{"why":1}"#.to_owned()),
        }),
    }
}
