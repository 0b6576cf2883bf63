//! Every way in which a request can fail, and the one place where a failure becomes an HTTP status, a JSON-RPC code and headers
//! (MCP 2026-07-28, basic protocol and transports; JSON-RPC 2.0 §5.1). It sees the configuration, which limits and challenges name.

mod authentication;
mod call;
mod head;
mod provider;
mod rpc_message;

pub use authentication::is_scope_token;
pub(crate) use call::CallError;
pub use head::BodyError;
pub(crate) use head::HeadError;
pub(crate) use rpc_message::MessageError;

use http::header::RETRY_AFTER;
use http::{HeaderName, HeaderValue, StatusCode};
use protocol::jsonrpc::{Id, reply};
use protocol::version::Version;
use protocol::{EncodeError, InvalidParams, error_code};
use serde_json::value::RawValue;

use crate::authentication::AuthError;
use crate::config::Config;
use crate::http::response::{Response, json};
use crate::observer::ErrorCode;

/// Why a request has no result.
#[derive(Debug)]
pub(crate) enum RequestError {
    /// The head of the request cannot be served.
    Head(HeadError),
    /// The caller cannot be verified.
    Auth(AuthError),
    /// The message in the body, or a header about it, breaks a rule.
    Message(MessageError),
    /// The call that the request asks for is denied, or has failed.
    Call(CallError),
    /// The server itself cannot work, for this reason.
    Unready(String),
    /// The server that the shell passes requests on to takes no more of them now.
    Busy,
    /// The shell cannot hold the answer, as other clients do not read theirs.
    AnswersFull,
    /// The shell cannot hold a part of a stream for the same reason.
    EventsFull,
    /// The server that the shell passes requests on to answered with more bytes than this limit.
    AnswerTooLarge(usize),
    /// The shell stops, and the server that it passes requests on to was not done.
    Stopped,
    /// The client has closed its side of the connection, and the server that the shell passes requests on to was not done in time.
    GivenUp,
    /// The server that the shell passes requests on to has failed.
    Failed,
}

/// The error that the client gets.
struct ErrorReply {
    status: StatusCode,
    code: i32,
    message: String,
    data: Option<Box<RawValue>>,
    header: Option<(HeaderName, String)>,
}

impl RequestError {
    /// Why the server as a whole cannot work, for `/readyz`.
    pub(crate) fn into_unready(self) -> Self {
        match self {
            Self::Call(CallError::Provider(error)) => Self::Unready(error.explanation()),
            Self::Call(CallError::ContractBreach(error)) => Self::Unready(error.to_string()),
            other => other,
        }
    }

    /// The response where no request could be read.
    pub(crate) fn respond(&self, config: &Config) -> Response {
        self.respond_to(None, Version::MODERN, config)
    }

    /// The response to a request.
    pub(crate) fn respond_to(&self, id: Option<&Id<'_>>, version: Version, config: &Config) -> Response {
        let reply = self.reply(version, config);
        let mut response = json(reply.status, reply::error(id, reply.code, &reply.message, reply.data.as_deref()));
        response.extensions_mut().insert(ErrorCode(reply.code));
        if let Some((name, value)) =
            reply.header.and_then(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        {
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// The HTTP status of the response to a request.
    pub(crate) fn status(&self, version: Version, config: &Config) -> StatusCode {
        self.reply(version, config).status
    }

    /// The message alone with its code, where the status of the response has gone out already.
    pub(crate) fn message(&self, id: Option<&Id<'_>>, version: Version, config: &Config) -> (Vec<u8>, i32) {
        let reply = self.reply(version, config);
        (reply::error(id, reply.code, &reply.message, reply.data.as_deref()), reply.code)
    }

    /// The statuses are those of the modern era where its rules of precedence put them.
    fn reply(&self, version: Version, config: &Config) -> ErrorReply {
        match self {
            Self::Head(error) => error.reply(config),
            Self::Auth(error) => authentication::reply(error, config),
            Self::Message(error) => error.reply(version),
            Self::Call(error) => error.reply(version, config),
            Self::Unready(reason) => ErrorReply::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error_code::INTERNAL_ERROR,
                format!("the server is not ready: {reason}"),
            ),
            Self::Busy => ErrorReply::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error_code::INTERNAL_ERROR,
                "too many requests at once: try again",
            )
            .with_header(RETRY_AFTER, "1"),
            Self::AnswersFull => ErrorReply::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error_code::INTERNAL_ERROR,
                "the request has run, but the server holds too many answers that other clients do not read: it may be tried again if it can run twice",
            )
            .with_header(RETRY_AFTER, "5"),
            Self::EventsFull => ErrorReply::new(
                StatusCode::SERVICE_UNAVAILABLE,
                error_code::INTERNAL_ERROR,
                "the server holds too many answers that other clients do not read, and cannot hold what this call says: it may have run",
            )
            .with_header(RETRY_AFTER, "5"),
            Self::AnswerTooLarge(limit) => ErrorReply::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                error_code::INTERNAL_ERROR,
                format!("the answer is larger than the {limit} bytes that `--limit-result` of this server allows"),
            ),
            Self::Stopped => {
                ErrorReply::new(StatusCode::SERVICE_UNAVAILABLE, error_code::INTERNAL_ERROR, call::STOPPED)
            }
            Self::GivenUp => {
                ErrorReply::new(StatusCode::SERVICE_UNAVAILABLE, error_code::INTERNAL_ERROR, call::GIVEN_UP)
            }
            Self::Failed => ErrorReply::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                error_code::INTERNAL_ERROR,
                "the server failed: its operator finds the reason in the log",
            ),
        }
    }
}

impl ErrorReply {
    fn new(status: StatusCode, code: i32, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), data: None, header: None }
    }

    /// An error about the parameters, which the client gets in band.
    fn invalid_params(message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, error_code::INVALID_PARAMS, message)
    }

    /// A failure of the server or a provider, which the client gets in band.
    fn internal(message: impl Into<String>) -> Self {
        Self::new(StatusCode::OK, error_code::INTERNAL_ERROR, message)
    }

    fn with_header(self, name: HeaderName, value: impl Into<String>) -> Self {
        Self { header: Some((name, value.into())), ..self }
    }

    fn with_data(self, data: Option<Box<RawValue>>) -> Self {
        Self { data, ..self }
    }
}

impl From<HeadError> for RequestError {
    fn from(error: HeadError) -> Self {
        Self::Head(error)
    }
}

impl From<AuthError> for RequestError {
    fn from(error: AuthError) -> Self {
        Self::Auth(error)
    }
}

impl From<MessageError> for RequestError {
    fn from(error: MessageError) -> Self {
        Self::Message(error)
    }
}

impl From<InvalidParams> for RequestError {
    fn from(error: InvalidParams) -> Self {
        Self::Message(MessageError::InvalidParams(error.message))
    }
}

impl From<CallError> for RequestError {
    fn from(error: CallError) -> Self {
        Self::Call(error)
    }
}

impl From<EncodeError> for RequestError {
    fn from(error: EncodeError) -> Self {
        Self::Call(CallError::ContractBreach(error))
    }
}

/// Text of a client for an error message: short, and without control characters.
pub(crate) fn sanitize(text: &str) -> String {
    text.chars().take(128).map(|char| if char.is_control() { '\u{fffd}' } else { char }).collect()
}

fn to_data(value: &serde_json::Value) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(value).ok()
}
