//! Errors about the head of an HTTP request and about the reading of its body.

use http::StatusCode;
use http::header::{ALLOW, RETRY_AFTER};
use protocol::error_code;

use super::ErrorReply;
use crate::config::Config;

/// Why the head of a request cannot be served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HeadError {
    /// The server has no such path.
    UnknownPath,
    /// The path has only these HTTP methods.
    MethodNotAllowed(&'static str),
    /// The request does not name this server. The text says what it names, and what the operator can do.
    ForeignHost(String),
    /// A page of a foreign origin sent the request. The text says of which, and what the operator can do.
    ForeignOrigin(String),
    /// The body has a transfer coding besides `chunked`.
    TransferCoding,
    /// The body is not announced as JSON.
    ContentType,
    /// The body is compressed.
    ContentEncoding,
    /// The client cannot read JSON.
    NotAcceptable,
    /// The shell could not read the body.
    Body(BodyError),
}

/// Why a shell could not read a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyError {
    /// It has more bytes than [`Admitted::body_limit`](crate::Admitted::body_limit).
    TooLarge,
    /// It ended before it was whole.
    CutShort,
    /// The client took longer to send it than the shell waits.
    TooSlow,
    /// The shell holds the bodies of too many other requests.
    NoRoom,
}

impl HeadError {
    pub(super) fn reply(&self, config: &Config) -> ErrorReply {
        let reply = |status, message: String| ErrorReply::new(status, error_code::INVALID_REQUEST, message);
        match self {
            Self::UnknownPath => reply(StatusCode::NOT_FOUND, "no such path: POST to /mcp".into()),
            Self::MethodNotAllowed(allowed) => {
                reply(StatusCode::METHOD_NOT_ALLOWED, format!("use {allowed} on this path"))
                    .with_header(ALLOW, *allowed)
            }
            Self::ForeignHost(what) => reply(StatusCode::FORBIDDEN, format!("forbidden host: {what}")),
            Self::ForeignOrigin(origin) => reply(StatusCode::FORBIDDEN, format!("forbidden origin: {origin}")),
            Self::TransferCoding => reply(
                StatusCode::NOT_IMPLEMENTED,
                "this server knows no transfer coding but `chunked`: send the body with that one, or with its length"
                    .into(),
            ),
            Self::ContentType => reply(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the body must be JSON: send `Content-Type: application/json`".into(),
            ),
            Self::ContentEncoding => reply(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "the body must be sent as it is, without a `Content-Encoding`".into(),
            ),
            Self::NotAcceptable => {
                reply(StatusCode::NOT_ACCEPTABLE, "send `Accept: application/json, text/event-stream`".into())
            }
            Self::Body(BodyError::TooLarge) => reply(
                StatusCode::PAYLOAD_TOO_LARGE,
                format!("the body is larger than the {} bytes that this server takes", config.body_limit),
            ),
            Self::Body(BodyError::CutShort) => {
                reply(StatusCode::BAD_REQUEST, "the body ended before it was whole".into())
            }
            Self::Body(BodyError::TooSlow) => {
                reply(StatusCode::REQUEST_TIMEOUT, "the body did not come in the time that this server waits".into())
            }
            Self::Body(BodyError::NoRoom) => ErrorReply::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error_code::INTERNAL_ERROR,
                "the server holds the bodies of too many other requests: try again",
            )
            .with_header(RETRY_AFTER, "5"),
        }
    }
}
