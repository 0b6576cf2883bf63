//! `params._meta`: what a request says beside its parameters, and in the modern era about its protocol (MCP 2026-07-28, base
//! protocol, `_meta`).

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use contract::model::{ClientCapabilities, Implementation, LogLevel, TraceContext};
use serde_json::value::RawValue;
use thiserror::Error;

use crate::json::{self, FieldError, InvalidParams, Members, not_null};
use crate::{capabilities, implementation, log_level};

/// Names the version that the request is made in. Where it is there, the request is a modern one.
pub const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// What the client can do for the server, for this request.
pub const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// The client's program. Optional.
pub const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
/// The level from which on the client wants log messages. Optional: without it, none.
pub const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";
/// The server's program, in results.
pub const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Why the `_meta` of a modern request cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// The request lacks what every modern one has. The text names every missing key.
    #[error("`params._meta` lacks {0}")]
    Missing(&'static str),
    /// A member has the wrong type or value.
    #[error(transparent)]
    Invalid(#[from] InvalidParams),
}

/// The members of `_meta`, each as the text that it came as.
#[derive(Clone, Debug, Default)]
pub struct Meta<'a> {
    raw: Option<&'a RawValue>,
    members: Members<'a>,
}

/// What a modern request says of itself, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct ModernEnvelope<'a> {
    /// The version that it claims: any text.
    pub version: Cow<'a, str>,
    /// What the client can do for the server.
    pub capabilities: ClientCapabilities,
    /// The client's program. Unverified.
    pub client: Option<Implementation>,
    /// The level from which on the client wants log messages.
    pub log_level: Option<LogLevel>,
}

impl<'a> Meta<'a> {
    pub(crate) fn read(raw: &'a RawValue) -> Result<Self, FieldError> {
        let members = Members::read(raw.get()).map_err(|_| FieldError::new("_meta", "must be an object"))?;
        // Both eras: a string or an integer (schema, `ProgressToken`).
        if members.get("progressToken").filter(not_null).is_some_and(|token| !is_progress_token(token)) {
            return Err(FieldError::new("_meta.progressToken", "must be a string or an integer"));
        }
        Ok(Self { raw: Some(raw), members })
    }

    /// The text of `_meta`, an object.
    #[must_use]
    pub fn raw(&self) -> Option<&'a str> {
        self.raw.map(RawValue::get)
    }

    /// Whether the request names its own version. Such a request is modern even if the rest of it is wrong: it is never silently
    /// served as a legacy one.
    #[must_use]
    pub fn claims_modern(&self) -> bool {
        self.members.get(PROTOCOL_VERSION).is_some()
    }

    /// The token under which the client wants progress: a string or an integer.
    #[must_use]
    pub fn progress_token(&self) -> Option<&'a RawValue> {
        self.members.get("progressToken").filter(not_null)
    }

    /// The trace that the request belongs to. A context that is not text counts as none, as W3C Trace Context §4.3 has it.
    #[must_use]
    pub fn trace(&self) -> Option<TraceContext> {
        let text = |name| self.members.get(name).and_then(json::text).map(Cow::into_owned);
        Some(TraceContext {
            traceparent: text("traceparent")?,
            tracestate: text("tracestate"),
            baggage: text("baggage"),
        })
    }

    /// What a modern request must say of itself, and what it may.
    pub fn validate_modern(&self) -> Result<ModernEnvelope<'a>, EnvelopeError> {
        let (version, capabilities) = match (self.members.get(PROTOCOL_VERSION), self.members.get(CLIENT_CAPABILITIES))
        {
            (Some(version), Some(capabilities)) => (version, capabilities),
            (None, Some(_)) => return Err(EnvelopeError::Missing("`io.modelcontextprotocol/protocolVersion`")),
            (Some(_), None) => return Err(EnvelopeError::Missing("`io.modelcontextprotocol/clientCapabilities`")),
            (None, None) => {
                return Err(EnvelopeError::Missing(
                    "`io.modelcontextprotocol/protocolVersion` and `io.modelcontextprotocol/clientCapabilities`",
                ));
            }
        };
        Ok(ModernEnvelope {
            version: json::text(version).ok_or_else(|| invalid(PROTOCOL_VERSION, "must be a string"))?,
            capabilities: capabilities::read_client(capabilities)
                .map_err(|error| in_meta(error, CLIENT_CAPABILITIES))?,
            client: self.optional(CLIENT_INFO, implementation::read)?,
            log_level: self.optional(LOG_LEVEL, |raw| {
                let level = json::text(raw).and_then(|name| log_level::parse(&name));
                level.ok_or_else(|| FieldError::new("", log_level::EXPECTED))
            })?,
        })
    }

    fn optional<T>(
        &self,
        key: &str,
        read: impl FnOnce(&'a RawValue) -> Result<T, FieldError>,
    ) -> Result<Option<T>, InvalidParams> {
        self.members.get(key).filter(not_null).map(read).transpose().map_err(|error| in_meta(error, key))
    }
}

fn invalid(key: &str, reason: &'static str) -> InvalidParams {
    in_meta(FieldError::new("", reason), key)
}

fn in_meta(error: FieldError, key: &str) -> InvalidParams {
    error.within(key).within("params._meta").into()
}

fn is_progress_token(raw: &RawValue) -> bool {
    let text = raw.get();
    text.starts_with('"') || json::is_integer(text)
}
