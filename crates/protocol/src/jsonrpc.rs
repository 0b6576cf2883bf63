//! JSON-RPC 2.0 messages, read strictly.
//!
//! Each body is read twice. The first pass looks at every token and refuses what two readers could take for different things
//! ([`MalformedKind`]); the second takes the message apart, borrowing from the body, and leaves `params` as text.

mod id;
mod malformed;
mod strict;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

pub use id::Id;
pub use malformed::{Malformed, MalformedKind};
pub use strict::MAX_DEPTH;

use crate::members;

/// One message of a client.
#[derive(Clone, Debug)]
pub enum Message<'a> {
    /// Wants an answer.
    Request(Request<'a>),
    /// Wants none.
    Notification(Notification<'a>),
    /// Answers a request of the server.
    Response,
}

/// A message with a method and an id.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Echoed in the answer.
    pub id: Id<'a>,
    /// What is to be done.
    pub method: Cow<'a, str>,
    /// Any JSON; that they are an object is for their reader to check.
    pub params: Option<&'a RawValue>,
}

/// A message with a method and no id.
#[derive(Clone, Debug)]
pub struct Notification<'a> {
    /// What has happened.
    pub method: Cow<'a, str>,
    /// Any JSON; that they are an object is for their reader to check.
    pub params: Option<&'a RawValue>,
}

/// Reads the body of a request as one message.
pub fn parse(body: &[u8]) -> Result<Message<'_>, Malformed<'_>> {
    let refuse = |kind| Malformed { kind, id: malformed::readable_id(body) };
    let text = strict::check(body).map_err(refuse)?;
    if let Some(rest) = text.trim_ascii_start().strip_prefix('[') {
        let empty = rest.trim_ascii_start().starts_with(']');
        return Err(refuse(if empty { MalformedKind::EmptyBatch } else { MalformedKind::Batch }));
    }
    take_apart(text).map_err(|reason| refuse(MalformedKind::NotAMessage(reason)))
}

/// The members of all kinds of messages. Others are tolerated.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default, deserialize_with = "members::present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "members::present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "members::present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "members::present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "members::present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "members::present")]
    error: Option<&'a RawValue>,
}

fn take_apart(text: &str) -> Result<Message<'_>, &'static str> {
    let wire: Wire<'_> = serde_json::from_str(text).map_err(|_| "it must be an object")?;
    if wire.jsonrpc.and_then(members::text).as_deref() != Some("2.0") {
        return Err("`jsonrpc` must be \"2.0\"");
    }
    let id = wire.id.map(|raw| Id::read(raw).ok_or("`id` must be a string or an integer")).transpose();
    let Some(method) = wire.method else {
        return match wire.result.or(wire.error) {
            Some(_) => Ok(Message::Response),
            None => Err("it has no `method`"),
        };
    };
    let method = members::text(method).ok_or("`method` must be a string")?;
    Ok(match id? {
        Some(id) => Message::Request(Request { id, method, params: wire.params }),
        None => Message::Notification(Notification { method, params: wire.params }),
    })
}
