//! Errors about the message in a body and the headers that repeat parts of it.

use http::StatusCode;
use protocol::InvalidParams;
use protocol::error_code;
use protocol::jsonrpc::MalformedKind;
use protocol::version::Version;

use super::{ErrorReply, sanitize, to_data};

/// Which rule a message breaks.
#[derive(Debug)]
pub(crate) enum MessageError {
    /// The body is not one JSON-RPC message.
    Malformed(MalformedKind),
    /// The message is a response, and this server sends no requests.
    UnexpectedResponse,
    /// `params` or `params._meta` does not have what a request of its era must have.
    Envelope(String),
    /// A header contradicts the body, or is missing.
    HeaderMismatch(String),
    /// With the version that a modern request claims.
    UnsupportedVersion(String),
    /// With the version that a legacy request's header names.
    UnknownLegacyVersion(String),
    /// With the method: it is not one of the protocol, belongs to another era, or is of a capability that no provider has. A method
    /// that a policy denies is answered the same way.
    UnknownMethod(String),
    /// With the method and what this server would have to have for it.
    UnsupportedMethod(&'static str, &'static str),
    /// The parameters do not fit the method.
    InvalidParams(String),
}

impl From<InvalidParams> for MessageError {
    fn from(error: InvalidParams) -> Self {
        Self::InvalidParams(error.message)
    }
}

impl MessageError {
    /// Whether the error says that there is no such method.
    pub(super) fn is_about_method(&self) -> bool {
        matches!(self, Self::UnknownMethod(_) | Self::UnsupportedMethod(..))
    }

    pub(super) fn reply(&self) -> ErrorReply {
        let invalid_request = |message: String| bad_request(error_code::INVALID_REQUEST, message);
        let no_method = |message: String| ErrorReply::new(StatusCode::NOT_FOUND, error_code::METHOD_NOT_FOUND, message);
        match self {
            Self::Malformed(kind) => bad_request(error_code::malformed(kind), kind.to_string()),
            Self::UnexpectedResponse => {
                invalid_request("this is a response, and this server has sent no request".into())
            }
            Self::Envelope(message) => bad_request(error_code::INVALID_PARAMS, message.clone()),
            Self::HeaderMismatch(message) => bad_request(error_code::HEADER_MISMATCH, message.clone()),
            Self::UnsupportedVersion(requested) => {
                let requested = sanitize(requested);
                bad_request(
                    error_code::UNSUPPORTED_PROTOCOL_VERSION,
                    format!("unsupported protocol version `{requested}`: this server speaks {}", supported_versions()),
                )
                .with_data(to_data(
                    &serde_json::json!({"supported": [Version::MODERN.as_str()], "requested": requested}),
                ))
            }
            Self::UnknownLegacyVersion(version) => invalid_request(format!(
                "`MCP-Protocol-Version: {}` is not a version that this server speaks: {}",
                sanitize(version),
                supported_versions()
            )),
            Self::UnknownMethod(method) => no_method(format!("this server has no method `{}`", sanitize(method))),
            Self::UnsupportedMethod(method, lacks) => {
                no_method(format!("this server has no method `{method}` yet: {lacks}"))
            }
            Self::InvalidParams(message) => ErrorReply::invalid_params(message.as_str()),
        }
    }
}

fn bad_request(code: i32, message: String) -> ErrorReply {
    ErrorReply::new(StatusCode::BAD_REQUEST, code, message)
}

fn supported_versions() -> String {
    Version::ALL.map(Version::as_str).join(", ")
}
