//! Errors about the message in a body and the headers that repeat parts of it.

use http::StatusCode;
use protocol::error_code;
use protocol::jsonrpc::MalformedKind;
use protocol::version::Version;

use super::{ErrorReply, sanitize, to_data};

/// Which rule a message breaks.
#[derive(Debug)]
pub(crate) enum MessageError {
    /// The body is not one JSON-RPC message.
    Malformed(MalformedKind),
    /// The message is a response. This server sends no requests.
    UnexpectedResponse,
    /// `params` or `params._meta` does not have what a request of its era must have.
    Envelope(String),
    /// A header contradicts the body, or is missing.
    HeaderMismatch(String),
    /// A modern request names this version of its own, which is not a modern one that the server speaks.
    UnsupportedVersion(String),
    /// The header of a legacy request names this version, which the server does not speak.
    UnknownLegacyVersion(String),
    /// The server has no method of this name: the protocol has none, it belongs to another era, or no provider has its capability. A
    /// method that a policy denies is answered the same way.
    UnknownMethod(String),
    /// The server does not serve this method of the protocol yet.
    UnsupportedMethod {
        /// The name of the method.
        method: &'static str,
        /// Why not, for the client.
        reason: &'static str,
    },
    /// The parameters do not fit the method.
    InvalidParams(String),
}

impl MessageError {
    /// A legacy client gets an error about a method in band, since the versions of its era say nothing of a status.
    pub(super) fn reply(&self, version: Version) -> ErrorReply {
        let invalid_request = |message: String| bad_request(error_code::INVALID_REQUEST, message);
        let no_method = |message: String| {
            let status = if version.is_modern() { StatusCode::NOT_FOUND } else { StatusCode::OK };
            ErrorReply::new(status, error_code::METHOD_NOT_FOUND, message)
        };
        match self {
            Self::Malformed(kind) => bad_request(error_code::malformed(kind), kind.to_string()),
            Self::UnexpectedResponse => {
                invalid_request("this is a response, and this server has sent no request".into())
            }
            Self::Envelope(message) => bad_request(error_code::INVALID_PARAMS, message.clone()),
            Self::HeaderMismatch(message) => bad_request(error_code::HEADER_MISMATCH, message.clone()),
            Self::UnsupportedVersion(requested) => {
                let legacy: Vec<&str> =
                    Version::ALL.into_iter().filter(|version| !version.is_modern()).map(Version::as_str).collect();
                bad_request(
                    error_code::UNSUPPORTED_PROTOCOL_VERSION,
                    format!(
                        "unsupported protocol version `{}`: a request that names its own version must name {}; {} begin with `initialize`",
                        sanitize(requested),
                        Version::MODERN,
                        legacy.join(" and ")
                    ),
                )
                .with_data(to_data(
                    &serde_json::json!({"supported": [Version::MODERN.as_str()], "requested": requested}),
                ))
            }
            Self::UnknownLegacyVersion(version) => invalid_request(format!(
                "`MCP-Protocol-Version: {}` is not a version that this server speaks: {}",
                sanitize(version),
                Version::ALL.map(Version::as_str).join(", ")
            )),
            Self::UnknownMethod(method) => no_method(format!("this server has no method `{}`", sanitize(method))),
            Self::UnsupportedMethod { method, reason } => {
                no_method(format!("this server has no method `{method}` yet: {reason}"))
            }
            Self::InvalidParams(message) => ErrorReply::invalid_params(message.as_str()),
        }
    }
}

fn bad_request(code: i32, message: String) -> ErrorReply {
    ErrorReply::new(StatusCode::BAD_REQUEST, code, message)
}
