//! The members of a JSON object, each as the text that it came as; those that are not taken by name are what the contract has no
//! field for.

use std::borrow::Cow;
use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The members of an object, in its order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Reads the members of a text, which must be one JSON object.
    pub(crate) fn read(json: &'a str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(json)
    }

    /// Looks a member up.
    pub(crate) fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }

    /// Takes a member out.
    pub(crate) fn take(&mut self, name: &str) -> Option<&'a RawValue> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.remove(at).1)
    }

    /// The members that have not been taken, as an object; nothing where none is left.
    pub(crate) fn remaining(self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let mut json = String::from("{");
        for (key, value) in self.0 {
            if json.len() > 1 {
                json.push(',');
            }
            // The text of a string always serialises.
            json.push_str(&serde_json::to_string(&key).unwrap_or_default());
            json.push(':');
            json.push_str(value.get());
        }
        json.push('}');
        Some(json)
    }

    /// Adds those members of the other object whose names are not there yet.
    pub(crate) fn add_absent(&mut self, mut other: Self) {
        let names = sorted(self.names());
        other.0.retain(|(name, _)| names.binary_search(&name.as_ref()).is_err());
        self.0.append(&mut other.0);
    }

    /// A name that two members have.
    pub(crate) fn repeated(&self) -> Option<&str> {
        repeated(self.names())
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_ref())
    }
}

/// A name that is there more than once. A provider decides how many names there are, so they are sorted, not compared pair by pair.
pub(crate) fn repeated<'n>(names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    sorted(names).array_windows().find(|[a, b]| a == b).map(|[a, _]| *a)
}

fn sorted<'n>(names: impl Iterator<Item = &'n str>) -> Vec<&'n str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

impl<'a> IntoIterator for Members<'a> {
    type Item = (Cow<'a, str>, &'a RawValue);
    type IntoIter = std::vec::IntoIter<Self::Item>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::with_capacity(4);
        while let Some(CowStr(name)) = map.next_key()? {
            members.push((name, map.next_value()?));
        }
        Ok(Members(members))
    }
}

/// A string, borrowed where it has no escapes.
#[derive(Deserialize)]
struct CowStr<'a>(#[serde(borrow)] Cow<'a, str>);

/// The text that this JSON is, if it is a string.
pub(crate) fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let inner = raw.get().strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        return serde_json::from_str(raw.get()).ok().map(|CowStr(text)| text);
    }
    Some(Cow::Borrowed(inner))
}

/// Whether this JSON is anything but `null`.
pub(crate) fn not_null(raw: &&RawValue) -> bool {
    raw.get() != "null"
}

/// Whether this JSON is an object.
pub(crate) fn is_object(raw: &RawValue) -> bool {
    is_object_text(raw.get())
}

/// Whether this text, which is JSON without space around it, is an object.
pub(crate) fn is_object_text(json: &str) -> bool {
    json.starts_with('{')
}

/// Whether this JSON is a number without fraction and exponent.
pub(crate) fn is_integer(json: &str) -> bool {
    let digits = json.strip_prefix('-').unwrap_or(json);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// For a field of a derived reader: the member where it is there, `null` included, which `Option` alone takes for absent.
pub(crate) fn deserialize_present<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(deserializer).map(Some)
}
