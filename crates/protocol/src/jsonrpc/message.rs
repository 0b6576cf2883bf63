//! A body as one JSON-RPC message.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Id, Malformed, MalformedKind, malformed};
use crate::json::{self, deserialize_present};

/// One message of a client.
#[derive(Clone, Debug)]
pub enum Message<'a> {
    /// A method and an id: the client wants an answer.
    Request(Request<'a>),
    /// A method without an id: the client wants no answer.
    Notification {
        /// The name of the method, for example `notifications/initialized`.
        method: Cow<'a, str>,
    },
    /// An answer to a request of the server.
    Response,
}

/// A message with a method and an id.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// Echoed in the answer.
    pub id: Id<'a>,
    /// The name of the method, for example `tools/call`.
    pub method: Cow<'a, str>,
    /// Any JSON; [`Params::read`](crate::Params::read) checks that it is an object.
    pub params: Option<&'a RawValue>,
}

/// Reads the body of an HTTP request as one message.
pub fn parse(body: &[u8]) -> Result<Message<'_>, Malformed<'_>> {
    let refuse = |kind| Malformed { kind, id: malformed::readable_id(body) };
    let text = json::check(body).map_err(|error| refuse(error.into()))?;
    if let Some(rest) = text.trim_ascii_start().strip_prefix('[') {
        let empty = rest.trim_ascii_start().starts_with(']');
        return Err(refuse(if empty { MalformedKind::EmptyBatch } else { MalformedKind::Batch }));
    }
    message(text).map_err(|reason| refuse(MalformedKind::NotAMessage(reason)))
}

/// The members of all kinds of messages. Others are tolerated.
#[derive(Deserialize)]
struct MessageMembers<'a> {
    #[serde(borrow, default, deserialize_with = "deserialize_present")]
    jsonrpc: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "deserialize_present")]
    id: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "deserialize_present")]
    method: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "deserialize_present")]
    params: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "deserialize_present")]
    result: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "deserialize_present")]
    error: Option<&'a RawValue>,
}

fn message(text: &str) -> Result<Message<'_>, &'static str> {
    let members: MessageMembers<'_> = serde_json::from_str(text).map_err(|_| "it must be an object")?;
    if members.jsonrpc.and_then(json::text).as_deref() != Some("2.0") {
        return Err("`jsonrpc` must be \"2.0\"");
    }
    let id = members.id.map(|raw| Id::read(raw).ok_or("`id` must be a string or an integer")).transpose();
    let Some(method) = members.method else {
        return match members.result.or(members.error) {
            Some(_) => Ok(Message::Response),
            None => Err("it has no `method`"),
        };
    };
    let method = json::text(method).ok_or("`method` must be a string")?;
    Ok(match id? {
        Some(id) => Message::Request(Request { id, method, params: members.params }),
        None => Message::Notification { method },
    })
}
