//! The document that a policy decides about.

use std::fmt;

use regorus::Value;

use crate::error::{InputError, WrittenInputError};
use crate::input_form;
use crate::json::{self, ReadError};

/// How many values arguments may have that a policy reads: the arguments themselves, each item of an array and each member of an object count
/// one, and a text of any length is one. A value takes some 100 bytes besides its text, so that all of them take less than 10 MB on a
/// thread that decides.
pub const MAX_VALUES: usize = 65_536;

/// An input document. Documents are cheap to copy.
#[derive(Clone, PartialEq)]
pub struct Document(pub(crate) Value);

impl Document {
    /// Reads a document from JSON, with whatever members it has.
    ///
    /// # Errors
    /// The text is no JSON object, or has a number that is too large, or more than [`MAX_VALUES`] values.
    pub fn from_json(json: &str) -> Result<Self, InputError> {
        Ok(Self(parse("input", json)?))
    }

    /// Reads a document that a person wrote, for `policy eval`, and adds what was left out, with `now_ns` as the time. A rule has no value for
    /// a member that is misspelt, so that it would seem to deny.
    ///
    /// # Errors
    /// The text is not of policies/input.schema.json, whatever is left out, or has a number that is too large, or more than [`MAX_VALUES`]
    /// values.
    pub fn from_input(json: &str, now_ns: u64) -> Result<Self, WrittenInputError> {
        input_form::check(json)?;
        let mut document = Self::from_json(json)?;
        input_form::complete(&mut document.0, now_ns);
        Ok(document)
    }

    /// The document as JSON.
    ///
    /// # Errors
    /// It never fails for a document that came from JSON or from an [`Input`](crate::Input).
    pub fn to_json(&self) -> Result<String, InputError> {
        self.0.to_json_str().map_err(|_| InputError::NotJson { part: "input" })
    }

    /// A member, by the names on the way to it.
    pub(crate) fn member(&self, path: &[&str]) -> Option<&Value> {
        let mut value = &self.0;
        for name in path {
            value = value.as_object().ok()?.get(&Value::from(*name))?;
        }
        Some(value)
    }

    /// A member that is a text.
    pub(crate) fn text(&self, path: &[&str]) -> Option<&str> {
        self.member(path)?.as_string().ok().map(AsRef::as_ref)
    }
}

impl fmt::Debug for Document {
    /// The arguments may be secret.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Document").field("method", &self.text(&["method"])).finish_non_exhaustive()
    }
}

/// Reads an object of at most [`MAX_VALUES`] values. The error names the part and repeats nothing of it.
pub(crate) fn parse(part: &'static str, text: &str) -> Result<Value, InputError> {
    object_of(part, text, |text| json::read(text, MAX_VALUES))
}

/// Refuses what [`parse`] refuses, with another limit of values, and keeps nothing.
pub(crate) fn check(part: &'static str, text: &str, most: usize) -> Result<(), InputError> {
    object_of(part, text, |text| json::check(text, most))
}

fn object_of<T>(
    part: &'static str,
    text: &str,
    read: impl FnOnce(&str) -> Result<T, ReadError>,
) -> Result<T, InputError> {
    if !text.trim_start().starts_with('{') {
        return Err(InputError::NotJson { part });
    }
    read(text).map_err(|error| match error {
        ReadError::Invalid => InputError::NotJson { part },
        ReadError::TooManyValues => InputError::TooManyValues { part },
    })
}

/// An object of those members that are there.
pub(crate) fn object<const N: usize>(members: [(&'static str, Option<Value>); N]) -> Value {
    let mut value = Value::new_object();
    if let Ok(object) = value.as_object_mut() {
        for (name, member) in members {
            if let Some(member) = member {
                object.insert(Value::from(name), member);
            }
        }
    }
    value
}

/// An object of texts by their names.
pub(crate) fn texts<'a>(members: impl IntoIterator<Item = (&'a str, &'a str)>) -> Value {
    let mut value = Value::new_object();
    if let Ok(object) = value.as_object_mut() {
        for (name, text) in members {
            object.insert(Value::from(name), Value::from(text));
        }
    }
    value
}

/// An array of texts.
pub(crate) fn list(texts: &[String]) -> Value {
    Value::from(texts.iter().map(|text| Value::from(text.as_str())).collect::<Vec<_>>())
}
