//! The document that a policy decides about.

use std::fmt;

use regorus::Value;

use crate::error::{InputError, WrittenInputError};
use crate::input_form;

/// An input document. Documents are cheap to copy.
#[derive(Clone, PartialEq)]
pub struct Document(pub(crate) Value);

impl Document {
    /// Reads a document from JSON, with whatever members it has.
    ///
    /// # Errors
    /// The text is no JSON object, or has a number that is too large.
    pub fn from_json(json: &str) -> Result<Self, InputError> {
        Ok(Self(parse("input", json)?))
    }

    /// Reads a document that a person wrote, for `policy eval`, and adds what was left out, with `now_ns` as the time. A rule has no value for
    /// a member that is misspelt, so that it would seem to deny.
    ///
    /// # Errors
    /// The text is not of policies/input.schema.json, whatever is left out, or has a number that is too large.
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

/// Reads an object. The error names the part and repeats nothing of it.
pub(crate) fn parse(part: &'static str, json: &str) -> Result<Value, InputError> {
    match serde_json::from_str(json) {
        Ok(object @ serde_json::Value::Object(_)) => Ok(value_of(object)),
        Ok(_) | Err(_) => Err(InputError::NotJson { part }),
    }
}

/// The same JSON for regorus. Its own reader takes an object with a certain member for a number, of any size, so that a policy would see
/// something else than a provider does.
pub(crate) fn value_of(json: serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(truth) => Value::from(truth),
        serde_json::Value::Number(number) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
            (Some(number), ..) => Value::from(number),
            (None, Some(number), _) => Value::from(number),
            (None, None, Some(number)) => Value::from(number),
            // Every number of JSON is one of these.
            (None, None, None) => Value::Undefined,
        },
        serde_json::Value::String(text) => Value::from(text),
        serde_json::Value::Array(items) => Value::from(items.into_iter().map(value_of).collect::<Vec<_>>()),
        serde_json::Value::Object(members) => {
            let mut value = Value::new_object();
            if let Ok(object) = value.as_object_mut() {
                for (name, member) in members {
                    object.insert(Value::from(name), value_of(member));
                }
            }
            value
        }
    }
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
