//! Bodies that are not a message, and what can be read of them all the same.

use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use thiserror::Error;

use super::Id;
use crate::json::StrictJsonError;

/// A body that is not one message.
#[derive(Clone, Debug, Error)]
#[error("{kind}")]
pub struct Malformed<'a> {
    /// The reason.
    pub kind: MalformedKind,
    /// The id, where the body has one all the same: error bodies echo it.
    pub id: Option<Id<'a>>,
}

/// Why a body is not a message.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum MalformedKind {
    /// The body is not JSON, or is JSON with more than one reading.
    #[error(transparent)]
    Json(#[from] StrictJsonError),
    /// `[]`
    #[error("the body is an empty array; send one message")]
    EmptyBatch,
    /// Several messages in an array, which only 2025-03-26 allowed.
    #[error("the body is an array; send each message in a request of its own")]
    Batch,
    /// The body is JSON, but not a message.
    #[error("the body is not a JSON-RPC message: {0}")]
    NotAMessage(&'static str),
}

/// The id of a body that was refused, read as leniently as can be. None where there are two.
pub(super) fn readable_id(body: &[u8]) -> Option<Id<'_>> {
    serde_json::from_slice::<OnlyId<'_>>(body).ok()?.0.and_then(Id::read)
}

struct OnlyId<'a>(Option<&'a RawValue>);

impl<'de> Deserialize<'de> for OnlyId<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(OnlyIdVisitor).map(Self)
    }
}

struct OnlyIdVisitor;

impl<'de> Visitor<'de> for OnlyIdVisitor {
    type Value = Option<&'de RawValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        #[derive(Deserialize)]
        #[serde(rename_all = "lowercase")]
        enum Key {
            Id,
            #[serde(other)]
            Other,
        }
        let (mut id, mut ids) = (None, 0_u32);
        while let Some(key) = map.next_key()? {
            match key {
                Key::Id => {
                    id = Some(map.next_value()?);
                    ids = ids.saturating_add(1);
                }
                Key::Other => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(id.filter(|_| ids == 1))
    }
}
