//! The errors of the contract as a client gets them (`wit/model.wit`, `mcp-error`).

use std::borrow::Cow;

use contract::model::McpError;
use http::StatusCode;
use http::header::RETRY_AFTER;
use protocol::jsonrpc::reply;
use protocol::version::Version;
use protocol::{capabilities, error_code};
use serde_json::value::RawValue;

use super::call::resource_not_found;
use super::{ErrorReply, challenge, sanitize, to_data};
use crate::config::Config;

pub(super) fn reply(error: &McpError, version: Version, config: &Config) -> ErrorReply {
    let params = |message: String| ErrorReply::invalid_params(bounded(&message));
    let internal = |message: String| ErrorReply::internal(bounded(&message));
    match error {
        McpError::NotOffered => ErrorReply::new(
            StatusCode::NOT_FOUND,
            error_code::METHOD_NOT_FOUND,
            "no provider of this server offers that",
        ),
        McpError::UnknownName(name) => params(format!("unknown name: `{}`", sanitize(name))),
        McpError::ResourceNotFound(uri) => resource_not_found(uri, version),
        McpError::InvalidCursor => params("the cursor is not one that this server gave: list again without one".into()),
        McpError::InvalidParams(detail) => {
            params(detail.message.clone()).with_data(detail.data.as_deref().and_then(checked_data))
        }
        McpError::InvalidSaved => params("invalid or expired `requestState`: start the call anew".into())
            .with_data(to_data(&serde_json::json!({"reason": "invalid_request_state"}))),
        McpError::MissingCapabilities(needed) => {
            let required = capabilities::client_capabilities(needed).unwrap_or_else(|_| "{}".to_owned());
            let message = format!("the call needs capabilities that the client does not declare: {required}");
            match version.is_modern() {
                true => ErrorReply::new(StatusCode::BAD_REQUEST, error_code::MISSING_CLIENT_CAPABILITY, message)
                    .with_data(RawValue::from_string(format!(r#"{{"requiredCapabilities":{required}}}"#)).ok()),
                false => internal(message),
            }
        }
        McpError::InsufficientScope(scopes) => challenge::insufficient_scope(scopes, config),
        McpError::Forbidden(reason) => ErrorReply::new(
            StatusCode::FORBIDDEN,
            error_code::INVALID_REQUEST,
            format!("forbidden: {}", bounded(reason)),
        ),
        McpError::DeadlineExceeded => internal("the provider did not answer in time".into()),
        // In band: clients discard the body of a 503.
        McpError::Unavailable(after_ms) => {
            let reply = internal("the provider cannot answer now: try again".into());
            match after_ms {
                None => reply,
                Some(ms) => reply
                    .with_data(to_data(&serde_json::json!({"retryAfterMs": ms})))
                    .with_header(RETRY_AFTER, ms.div_ceil(1000).to_string()),
            }
        }
        McpError::Internal(message) => internal(message.clone()),
        // JSON-RPC 2.0 §5.1 reserves -32768 to -32000.
        McpError::Other(error) if (-32768..=-32000).contains(&error.code) => internal(error.message.clone()),
        McpError::Other(error) => ErrorReply::new(StatusCode::OK, error.code, bounded(&error.message))
            .with_data(error.data.as_deref().and_then(checked_data)),
    }
}

/// The most bytes of the text of a provider's error that a client is sent.
const MAX_ERROR_TEXT: usize = 64 << 10;

/// The text of an error, or its beginning.
fn bounded(text: &str) -> Cow<'_, str> {
    match text.len() > MAX_ERROR_TEXT {
        true => {
            Cow::Owned(format!("{}\u{2026}", text.get(..text.floor_char_boundary(MAX_ERROR_TEXT)).unwrap_or_default()))
        }
        false => Cow::Borrowed(text),
    }
}

/// The data of a provider's error. Data that is not JSON is left out, so that the error itself is not lost.
fn checked_data(data: &str) -> Option<Box<RawValue>> {
    reply::error_data(data).ok().map(ToOwned::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_text_of_an_error_is_cut_between_characters() {
        let long = "\u{fc}".repeat(MAX_ERROR_TEXT / 2);
        for (text, expected) in [
            ("short", "short".to_owned()),
            (long.as_str(), long.clone()),
            (&format!("{long}x"), format!("{long}\u{2026}")),
            (&format!("x{long}"), format!("x{}\u{2026}", "\u{fc}".repeat(MAX_ERROR_TEXT / 2 - 1))),
        ] {
            assert!(bounded(text) == expected, "{} bytes", text.len());
        }
    }
}
