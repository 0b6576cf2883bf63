//! What the errors of the contract (`wit/model.wit`, `mcp-error`) tell a client.

use contract::model::McpError;
use http::StatusCode;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use protocol::jsonrpc::reply;
use protocol::version::Version;
use protocol::{capabilities, error_code};
use serde_json::value::RawValue;

use super::{Told, raw, told, unknown_name};

pub(super) fn told_of(error: &McpError, version: Version) -> Told {
    let params = |message: String| told(StatusCode::OK, error_code::INVALID_PARAMS, message);
    let internal = |message: String| told(StatusCode::OK, error_code::INTERNAL_ERROR, message);
    match error {
        McpError::NotOffered => {
            told(StatusCode::NOT_FOUND, error_code::METHOD_NOT_FOUND, "no provider of this server offers that".into())
        }
        McpError::UnknownName(name) => params(unknown_name(name)),
        McpError::ResourceNotFound(uri) => Told {
            data: raw(&serde_json::json!({"uri": uri})),
            ..told(StatusCode::OK, error_code::resource_not_found(version), format!("resource not found: `{uri}`"))
        },
        McpError::InvalidCursor => params("the cursor is not one that this server gave: list again without one".into()),
        McpError::InvalidParams(detail) => {
            Told { data: detail.data.as_deref().and_then(checked), ..params(detail.message.clone()) }
        }
        McpError::InvalidSaved => Told {
            data: raw(&serde_json::json!({"reason": "invalid_request_state"})),
            ..params("invalid or expired `requestState`: start the call anew".into())
        },
        McpError::MissingCapabilities(needed) => {
            let required = capabilities::client_capabilities(needed).unwrap_or_else(|_| "{}".to_owned());
            let message = format!("the call needs capabilities that the client does not declare: {required}");
            match version.is_modern() {
                true => Told {
                    data: RawValue::from_string(format!(r#"{{"requiredCapabilities":{required}}}"#)).ok(),
                    ..told(StatusCode::BAD_REQUEST, error_code::MISSING_CLIENT_CAPABILITY, message)
                },
                false => internal(message),
            }
        }
        // RFC 6750 §3.1; the authorization of MCP asks for all scopes of the operation in one challenge.
        McpError::InsufficientScope(scopes) => {
            let scopes =
                scopes.iter().filter(|scope| is_scope(scope)).map(String::as_str).collect::<Vec<_>>().join(" ");
            Told {
                header: Some((WWW_AUTHENTICATE, format!(r#"Bearer error="insufficient_scope", scope="{scopes}""#))),
                ..told(StatusCode::FORBIDDEN, error_code::INVALID_REQUEST, format!("the token lacks scopes: {scopes}"))
            }
        }
        McpError::Forbidden(reason) => {
            told(StatusCode::FORBIDDEN, error_code::INVALID_REQUEST, format!("forbidden: {reason}"))
        }
        McpError::DeadlineExceeded => internal("the provider did not answer in time".into()),
        // In band: clients throw the body of a 503 away.
        McpError::Unavailable(after_ms) => Told {
            data: after_ms.and_then(|ms| raw(&serde_json::json!({"retryAfterMs": ms}))),
            header: after_ms.map(|ms| (RETRY_AFTER, ms.div_ceil(1000).to_string())),
            ..internal("the provider cannot answer now: try again".into())
        },
        McpError::Internal(message) => internal(message.clone()),
        // JSON-RPC 2.0 §5.1 keeps -32768 to -32000 for itself.
        McpError::Other(error) if (-32768..=-32000).contains(&error.code) => internal(error.message.clone()),
        McpError::Other(error) => Told {
            data: error.data.as_deref().and_then(checked),
            ..told(StatusCode::OK, error.code, error.message.clone())
        },
    }
}

/// A scope-token (RFC 6749 §3.3). Anything else that a provider names could write parameters of its own into the challenge.
fn is_scope(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

/// Data of a provider's error; data that is no JSON is left out, so that the error itself is not lost.
fn checked(data: &str) -> Option<Box<RawValue>> {
    reply::error_data(data).ok().map(ToOwned::to_owned)
}
