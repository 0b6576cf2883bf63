//! Every way in which a request can go wrong, and what the client is told: the one place that maps an error to an HTTP status, a
//! JSON-RPC code and headers (MCP 2026-07-28, basic protocol and transports; JSON-RPC 2.0 §5.1).

mod provider;

use contract::model::McpError;
use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderName, HeaderValue, StatusCode};
use protocol::jsonrpc::{Id, Malformed, MalformedKind, reply};
use protocol::version::Version;
use protocol::{EncodeError, error_code};
use serde_json::value::RawValue;

use crate::admission::BodyError;
use crate::identity::Refusal;
use crate::response::{Response, json};

/// Why a request has no result.
#[derive(Debug)]
pub(crate) enum Problem {
    // What the head of a request shows.
    UnknownPath,
    /// With the methods that the path has.
    MethodNotAllowed(&'static str),
    ForeignHost(String),
    ForeignOrigin(String),
    ContentType,
    ContentEncoding,
    NotAcceptable,
    /// With the limit in bytes.
    Body(BodyError, usize),
    /// Who calls is not known, or not enough.
    Refused(Refusal),
    /// The server itself cannot work; with the reason.
    Unready(String),
    /// What the shell passed the request on to takes no more of them.
    Busy,
    /// What the shell passed the request on to has failed.
    Failed,
    // What the body shows (mcp: the ladder of a server that speaks both eras).
    Malformed(MalformedKind),
    UnexpectedResponse,
    Envelope(String),
    HeaderMismatch(String),
    /// With what was requested, in a request of the modern era.
    UnsupportedVersion(String),
    /// With what a legacy request's header says.
    UnknownLegacyVersion(String),
    UnknownMethod(String),
    InvalidParams(String),
    /// The policy hides this tool: told as a tool that does not exist.
    Hidden(String),
    // What came of the call.
    NeedsClient,
    TooManyLegs(u32),
    TookTooLong,
    Breach(EncodeError),
    Provider(McpError),
}

/// What the client is told.
struct Told {
    status: StatusCode,
    code: i32,
    message: String,
    data: Option<Box<RawValue>>,
    header: Option<(HeaderName, String)>,
}

impl From<EncodeError> for Problem {
    fn from(breach: EncodeError) -> Self {
        Self::Breach(breach)
    }
}

impl Problem {
    /// Why a server cannot answer at all, as `/readyz` tells it.
    pub(crate) fn into_unready(self) -> Self {
        match self {
            Self::Provider(error) => Self::Unready(error.explanation()),
            Self::Breach(breach) => Self::Unready(breach.to_string()),
            other => other,
        }
    }

    pub(crate) fn of_body(malformed: Malformed<'_>) -> (Self, Option<Id<'static>>) {
        (Self::Malformed(malformed.kind), malformed.id.map(Id::into_owned))
    }

    /// The answer where no request could be read.
    pub(crate) fn respond(&self) -> Response {
        self.respond_to(None, Version::MODERN)
    }

    /// The answer to a request. The statuses are those of the modern era where the ladder puts them there; a legacy client gets
    /// an error about its request in band, since those versions say nothing of a status.
    pub(crate) fn respond_to(&self, id: Option<&Id<'_>>, version: Version) -> Response {
        let told = self.told(version);
        let in_band =
            !version.is_modern() && matches!(self, Self::UnknownMethod(_) | Self::Provider(McpError::NotOffered));
        let status = if in_band { StatusCode::OK } else { told.status };
        let mut response = json(status, reply::error(id, told.code, &told.message, told.data.as_deref()));
        if let Some((name, value)) =
            told.header.and_then(|(name, value)| Some((name, HeaderValue::try_from(value).ok()?)))
        {
            response.headers_mut().insert(name, value);
        }
        response
    }

    /// The message alone, where the status of the response has gone out already.
    pub(crate) fn message(&self, id: &Id<'_>, version: Version) -> Vec<u8> {
        let told = self.told(version);
        reply::error(Some(id), told.code, &told.message, told.data.as_deref())
    }

    fn told(&self, version: Version) -> Told {
        let invalid = |message: String| told(StatusCode::BAD_REQUEST, error_code::INVALID_REQUEST, message);
        match self {
            Self::UnknownPath => {
                told(StatusCode::NOT_FOUND, error_code::INVALID_REQUEST, "no such path: POST to /mcp".into())
            }
            Self::MethodNotAllowed(allowed) => Told {
                header: Some((ALLOW, (*allowed).to_owned())),
                ..told(
                    StatusCode::METHOD_NOT_ALLOWED,
                    error_code::INVALID_REQUEST,
                    format!("use {allowed} on this path"),
                )
            },
            Self::ForeignHost(what) => told(
                StatusCode::FORBIDDEN,
                error_code::INVALID_REQUEST,
                format!("forbidden host: {what}; the operator can add it to the setting `transport.allowed-hosts`"),
            ),
            Self::ForeignOrigin(origin) => told(
                StatusCode::FORBIDDEN,
                error_code::INVALID_REQUEST,
                format!("forbidden origin: `{origin}`; the operator can add it to the setting `transport.allowed-origins`"),
            ),
            Self::ContentType => told(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                error_code::INVALID_REQUEST,
                "the body must be JSON: send `Content-Type: application/json`".into(),
            ),
            Self::ContentEncoding => told(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                error_code::INVALID_REQUEST,
                "the body must be sent as it is, without a `Content-Encoding`".into(),
            ),
            Self::NotAcceptable => told(
                StatusCode::NOT_ACCEPTABLE,
                error_code::INVALID_REQUEST,
                "send `Accept: application/json, text/event-stream`".into(),
            ),
            Self::Body(BodyError::TooLarge, limit) => told(
                StatusCode::PAYLOAD_TOO_LARGE,
                error_code::INVALID_REQUEST,
                format!("the body is larger than the {limit} bytes that this server takes"),
            ),
            Self::Body(BodyError::CutShort, _) => invalid("the body ended before it was whole".into()),
            Self::Body(BodyError::TooSlow, _) => told(
                StatusCode::REQUEST_TIMEOUT,
                error_code::INVALID_REQUEST,
                "the body did not come in the time that this server waits".into(),
            ),
            Self::Refused(refusal) => Told {
                header: refusal.challenge.clone().map(|challenge| (WWW_AUTHENTICATE, challenge)),
                ..told(refusal.status, error_code::INVALID_REQUEST, refusal.message.clone())
            },
            Self::Unready(reason) => told(
                StatusCode::SERVICE_UNAVAILABLE,
                error_code::INTERNAL_ERROR,
                format!("the server is not ready: {reason}"),
            ),
            Self::Busy => Told {
                header: Some((RETRY_AFTER, "1".to_owned())),
                ..told(
                    StatusCode::SERVICE_UNAVAILABLE,
                    error_code::INTERNAL_ERROR,
                    "too many requests at once: try again".into(),
                )
            },
            Self::Failed => told(
                StatusCode::INTERNAL_SERVER_ERROR,
                error_code::INTERNAL_ERROR,
                "the server failed: its operator finds the reason in the log".into(),
            ),
            Self::Malformed(kind) => told(StatusCode::BAD_REQUEST, error_code::malformed(kind), kind.to_string()),
            Self::UnexpectedResponse => invalid("this is a response, and this server has asked nothing".into()),
            Self::Envelope(message) => told(StatusCode::BAD_REQUEST, error_code::INVALID_PARAMS, message.clone()),
            Self::HeaderMismatch(message) => {
                told(StatusCode::BAD_REQUEST, error_code::HEADER_MISMATCH, message.clone())
            }
            Self::UnsupportedVersion(requested) => Told {
                data: raw(&serde_json::json!({"supported": [Version::MODERN.as_str()], "requested": shown(requested)})),
                ..told(
                    StatusCode::BAD_REQUEST,
                    error_code::UNSUPPORTED_PROTOCOL_VERSION,
                    format!("unsupported protocol version `{}`: this server speaks {}", shown(requested), spoken()),
                )
            },
            Self::UnknownLegacyVersion(version) => invalid(format!(
                "`MCP-Protocol-Version: {}` is none that this server speaks: {}",
                shown(version),
                spoken()
            )),
            Self::UnknownMethod(method) => told(
                StatusCode::NOT_FOUND,
                error_code::METHOD_NOT_FOUND,
                format!("this server has no method `{}`", shown(method)),
            ),
            Self::InvalidParams(message) => told(StatusCode::OK, error_code::INVALID_PARAMS, message.clone()),
            Self::Hidden(name) => told(StatusCode::OK, error_code::INVALID_PARAMS, unknown_name(name)),
            Self::NeedsClient => told(
                StatusCode::OK,
                error_code::INTERNAL_ERROR,
                "the provider has a question for the client, and this server has no sealing key, so it cannot ask the client \
                 and go on later"
                    .into(),
            ),
            Self::TooManyLegs(most) => told(
                StatusCode::OK,
                error_code::INTERNAL_ERROR,
                format!("the call was not done after {most} legs, the most that the setting `transport.max-legs` allows"),
            ),
            Self::TookTooLong => told(
                StatusCode::OK,
                error_code::INTERNAL_ERROR,
                "the call took longer than the setting `transport.total-timeout-ms` allows".into(),
            ),
            Self::Breach(breach) => told(
                StatusCode::OK,
                error_code::INTERNAL_ERROR,
                format!("the provider answered what the contract does not allow: {breach}"),
            ),
            Self::Provider(error) => provider::told_of(error, version),
        }
    }
}

fn told(status: StatusCode, code: i32, message: String) -> Told {
    Told { status, code, message, data: None, header: None }
}

fn unknown_name(name: &str) -> String {
    format!("unknown tool: `{}`", shown(name))
}

/// What a stranger sent, short and without control characters, for an error message.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(128).map(|shown| if shown.is_control() { '\u{fffd}' } else { shown }).collect()
}

fn spoken() -> String {
    Version::ALL.map(Version::as_str).join(", ")
}

fn raw(value: &serde_json::Value) -> Option<Box<RawValue>> {
    serde_json::value::to_raw_value(value).ok()
}
