//! `params._meta`: what a request says beside its parameters, and in the modern era about its protocol (MCP 2026-07-28, base
//! protocol, `_meta`).

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use contract::model::{ClientCapabilities, Implementation, LogLevel, TraceContext};
use serde::Deserialize;
use serde_json::value::RawValue;
use thiserror::Error;

use crate::decode::{self, Fault, InvalidParams};
use crate::{log_level, members};

/// Names the version that the request is made in. Where it is there, the request is a modern one.
pub const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";
/// What the client can do for the server, for this request.
pub const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";
/// The client's program. Optional.
pub const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";
/// From which level on the client wants log messages. Optional: without it, none.
pub const LOG_LEVEL: &str = "io.modelcontextprotocol/logLevel";
/// The server's program, in results.
pub const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// Why `_meta` cannot be taken.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// A modern request needs what is not there. The text names every missing key.
    #[error("`params._meta` lacks {0}")]
    Missing(&'static str),
    /// Something has the wrong type or value.
    #[error(transparent)]
    Invalid(InvalidParams),
}

/// The members of `_meta` that mean something to the protocol.
#[derive(Clone, Copy, Debug, Default)]
pub struct Meta<'a> {
    raw: Option<&'a RawValue>,
    members: MetaMembers<'a>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
struct MetaMembers<'a> {
    #[serde(
        borrow,
        default,
        rename = "io.modelcontextprotocol/protocolVersion",
        deserialize_with = "members::present"
    )]
    protocol_version: Option<&'a RawValue>,
    #[serde(
        borrow,
        default,
        rename = "io.modelcontextprotocol/clientCapabilities",
        deserialize_with = "members::present"
    )]
    client_capabilities: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/clientInfo", deserialize_with = "members::present")]
    client_info: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "io.modelcontextprotocol/logLevel", deserialize_with = "members::present")]
    log_level: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "progressToken", deserialize_with = "members::present")]
    progress_token: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "members::present")]
    traceparent: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "members::present")]
    tracestate: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "members::present")]
    baggage: Option<&'a RawValue>,
}

/// What a modern request says of itself, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Modern<'a> {
    /// The version that it claims: any text.
    pub version: Cow<'a, str>,
    /// What the client can do for the server.
    pub capabilities: ClientCapabilities,
    /// The client's program. Unverified.
    pub client: Option<Implementation>,
    /// From which level on it wants log messages.
    pub log_level: Option<LogLevel>,
}

/// Reads `_meta` and nothing else of the parameters. They must be an object, and so must it, where they are there.
pub fn read(params: Option<&RawValue>) -> Result<Meta<'_>, EnvelopeError> {
    #[derive(Deserialize)]
    struct Params<'a> {
        #[serde(borrow, default, rename = "_meta", deserialize_with = "members::present")]
        meta: Option<&'a RawValue>,
    }
    let Some(params) = params else { return Ok(Meta::default()) };
    let Params { meta } = object(params, "params")?;
    let Some(raw) = meta else { return Ok(Meta::default()) };
    let members: MetaMembers<'_> = object(raw, "params._meta")?;
    // Both eras: a string or an integer (schema, `ProgressToken`).
    if members.progress_token.is_some_and(|token| !is_token(token)) {
        return Err(Fault::new("params._meta.progressToken", "must be a string or an integer").into());
    }
    Ok(Meta { raw: Some(raw), members })
}

impl From<Fault> for EnvelopeError {
    fn from(fault: Fault) -> Self {
        Self::Invalid(fault.into())
    }
}

impl<'a> Meta<'a> {
    /// The text of `_meta`, an object.
    #[must_use]
    pub fn raw(&self) -> Option<&'a str> {
        self.raw.map(RawValue::get)
    }

    /// Whether the request names its own version. It is modern then, be the rest as it may: never silently a legacy one.
    #[must_use]
    pub fn claims_modern(&self) -> bool {
        self.members.protocol_version.is_some()
    }

    /// Under which token the client wants progress: a string or an integer.
    #[must_use]
    pub fn progress_token(&self) -> Option<&'a RawValue> {
        self.members.progress_token
    }

    /// The trace that the request belongs to. A context that is not text counts as none, as W3C Trace Context §4.3 has it.
    #[must_use]
    pub fn trace(&self) -> Option<TraceContext> {
        let text = |raw: Option<&RawValue>| raw.and_then(members::text).map(Cow::into_owned);
        let MetaMembers { traceparent, tracestate, baggage, .. } = self.members;
        Some(TraceContext { traceparent: text(traceparent)?, tracestate: text(tracestate), baggage: text(baggage) })
    }

    /// What a modern request must say, and what it may.
    pub fn validate_modern(&self) -> Result<Modern<'a>, EnvelopeError> {
        let MetaMembers { protocol_version, client_capabilities, client_info, log_level, .. } = self.members;
        let (version, capabilities) = match (protocol_version, client_capabilities) {
            (Some(version), Some(capabilities)) => (version, capabilities),
            (None, Some(_)) => return Err(EnvelopeError::Missing("`io.modelcontextprotocol/protocolVersion`")),
            (Some(_), None) => return Err(EnvelopeError::Missing("`io.modelcontextprotocol/clientCapabilities`")),
            (None, None) => {
                return Err(EnvelopeError::Missing(
                    "`io.modelcontextprotocol/protocolVersion` and `io.modelcontextprotocol/clientCapabilities`",
                ));
            }
        };
        Ok(Modern {
            version: members::text(version).ok_or_else(|| invalid(PROTOCOL_VERSION, "must be a string"))?,
            capabilities: decode::client_capabilities(capabilities)
                .map_err(|fault| in_meta(fault, CLIENT_CAPABILITIES))?,
            client: client_info
                .map(|raw| decode::implementation(raw).map_err(|fault| in_meta(fault, CLIENT_INFO)))
                .transpose()?,
            log_level: log_level.map(read_log_level).transpose()?,
        })
    }
}

fn read_log_level(raw: &RawValue) -> Result<LogLevel, Fault> {
    let level = members::text(raw).and_then(|name| log_level::named(&name));
    level.ok_or_else(|| invalid(LOG_LEVEL, log_level::WANTED))
}

fn invalid(key: &str, reason: &'static str) -> Fault {
    in_meta(Fault::new("", reason), key)
}

fn in_meta(fault: Fault, key: &str) -> Fault {
    fault.within(key).within("params._meta")
}

/// Reads a value that must be an object. A derived reader would take an array too.
fn object<'a, T: Deserialize<'a>>(raw: &'a RawValue, path: &str) -> Result<T, Fault> {
    let read = if members::is_object(raw) { serde_json::from_str(raw.get()).ok() } else { None };
    read.ok_or_else(|| Fault::new(path, "must be an object"))
}

fn is_token(raw: &RawValue) -> bool {
    let text = raw.get();
    text.starts_with('"') || members::is_integer(text)
}
