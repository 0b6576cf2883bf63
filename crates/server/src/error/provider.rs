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
use super::{ErrorReply, authentication, sanitize, to_data};
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
        McpError::InsufficientScope(scopes) => match distinct(scopes) {
            Some(scopes) => authentication::insufficient_scope(&scopes, config),
            None => internal(format!(
                "the provider asks for more scopes than a client can be told: at most {MAX_SCOPES}, of {MAX_SCOPES_SIZE} bytes together"
            )),
        },
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

/// The most scopes that a provider's error asks for, as many as a policy may.
const MAX_SCOPES: usize = 64;
/// The most bytes of them. They stand twice in one header, of which Node reads 16 KiB together with all others.
const MAX_SCOPES_SIZE: usize = 4 << 10;

/// Each scope once, in their order. None if they are too many.
fn distinct(scopes: &[String]) -> Option<Vec<String>> {
    let mut distinct: Vec<String> = Vec::new();
    let mut size = 0;
    for scope in scopes {
        if !distinct.contains(scope) {
            size += scope.len();
            if distinct.len() == MAX_SCOPES || size > MAX_SCOPES_SIZE {
                return None;
            }
            distinct.push(scope.clone());
        }
    }
    Some(distinct)
}

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
    fn scopes_are_told_once_and_not_too_many() {
        let scopes = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
        let numbered = |count: usize| (0..count).map(|number| number.to_string()).collect::<Vec<_>>();
        for (asked, told) in [
            (scopes(&[]), Some(scopes(&[]))),
            (scopes(&["b", "a", "b"]), Some(scopes(&["b", "a"]))),
            (numbered(MAX_SCOPES), Some(numbered(MAX_SCOPES))),
            (numbered(MAX_SCOPES + 1), None),
            (vec!["x".repeat(MAX_SCOPES_SIZE)], Some(vec!["x".repeat(MAX_SCOPES_SIZE)])),
            (vec!["x".repeat(MAX_SCOPES_SIZE), "y".to_owned()], None),
            (vec!["x".to_owned(); 200_000], Some(scopes(&["x"]))),
        ] {
            assert!(distinct(&asked) == told, "{} scopes", asked.len());
        }
        let many =
            reply(&McpError::InsufficientScope(numbered(MAX_SCOPES + 1)), Version::LATEST_LEGACY, &Config::default());
        assert_eq!((many.status, many.header), (StatusCode::OK, None));
        let none = reply(&McpError::InsufficientScope(scopes(&["\""])), Version::LATEST_LEGACY, &Config::default());
        assert_eq!(none.message, "the token lacks scopes");
    }

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
