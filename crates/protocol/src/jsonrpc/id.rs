//! The id of a request.

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;
use serde_json::value::RawValue;

use crate::json;

/// The id of a request as the text that it came as, so that it goes back unchanged: an integer of any size stays exact.
///
/// MCP allows strings and integers only (2025-06-18, base protocol, requests: never `null`).
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct Id<'a>(Cow<'a, RawValue>);

impl<'a> Id<'a> {
    /// Reads an id; nothing where the JSON must not be one.
    pub(super) fn read(raw: &'a RawValue) -> Option<Self> {
        let text = raw.get();
        (json::is_integer(text) || text.starts_with('"')).then_some(Self(Cow::Borrowed(raw)))
    }

    /// The JSON text.
    #[must_use]
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    /// The same id, free of the body that it was read from.
    #[must_use]
    pub fn into_owned(self) -> Id<'static> {
        Id(Cow::Owned(self.0.into_owned()))
    }

    /// A copy that is free of the body that it was read from.
    #[must_use]
    pub fn to_owned(&self) -> Id<'static> {
        self.clone().into_owned()
    }
}

impl PartialEq for Id<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Eq for Id<'_> {}

impl fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_json())
    }
}
