//! The arguments of a tool: a JSON object, read member by member.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::Deserialize;
use serde_json::value::RawValue;

/// As many characters as the longest name of a place has, and some more.
const LOCATION_LENGTH: RangeInclusive<usize> = 1..=100;
const CITIES: RangeInclusive<usize> = 1..=5;

/// Why arguments cannot be used. The model reads it, so it names the argument and what is wrong with it.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("the arguments are not a JSON object: {0}")]
    NotAnObject(String),
    #[error("`{0}` is missing: it must be {1}")]
    Missing(&'static str, &'static str),
    #[error("`{0}` must be {1}, not {2}")]
    Kind(String, &'static str, &'static str),
    #[error("`{0}` must have 1 to 100 characters, not {1}")]
    Length(String, usize),
    #[error("`{0}` must not have control characters")]
    Control(String),
    #[error("`{0}` must have 1 to 5 items, not {1}")]
    Items(&'static str, usize),
    #[error("`{0}` is not an argument of this tool")]
    Unknown(String),
}

/// The arguments that no tool has read yet.
pub(crate) struct Arguments<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Arguments<'a> {
    /// Reads the object.
    pub(crate) fn read(json: &'a str) -> Result<Self, ArgumentError> {
        let members = serde_json::from_str(json);
        members.map(Self).map_err(|e| ArgumentError::NotAnObject(e.to_string()))
    }

    /// Takes any string.
    pub(crate) fn string(&mut self, name: &'static str) -> Result<String, ArgumentError> {
        read_as(name.to_owned(), self.take(name, "a string")?, "a string")
    }

    /// Takes the name of a place.
    pub(crate) fn location(&mut self, name: &'static str) -> Result<String, ArgumentError> {
        location(name.to_owned(), self.take(name, "a string")?)
    }

    /// Takes the names of one to five places.
    pub(crate) fn locations(&mut self, name: &'static str) -> Result<Vec<String>, ArgumentError> {
        const WANTED: &str = "an array of strings";
        let items: Vec<&RawValue> = read_as(name.to_owned(), self.take(name, WANTED)?, WANTED)?;
        if !CITIES.contains(&items.len()) {
            return Err(ArgumentError::Items(name, items.len()));
        }
        items.into_iter().enumerate().map(|(index, item)| location(format!("{name}[{index}]"), item)).collect()
    }

    /// Fails if an argument is left.
    pub(crate) fn end(self) -> Result<(), ArgumentError> {
        self.0.into_keys().next().map_or(Ok(()), |name| Err(ArgumentError::Unknown(name)))
    }

    fn take(&mut self, name: &'static str, wanted: &'static str) -> Result<&'a RawValue, ArgumentError> {
        self.0.remove(name).ok_or(ArgumentError::Missing(name, wanted))
    }
}

/// What is in the URL must be short and printable, whatever a client's schema check lets through.
fn location(name: String, json: &RawValue) -> Result<String, ArgumentError> {
    let text: String = read_as(name.clone(), json, "a string")?;
    let text = text.trim();
    let length = text.chars().count();
    if !LOCATION_LENGTH.contains(&length) {
        Err(ArgumentError::Length(name, length))
    } else if text.chars().any(char::is_control) {
        Err(ArgumentError::Control(name))
    } else {
        Ok(text.to_owned())
    }
}

fn read_as<'a, T: Deserialize<'a>>(name: String, json: &'a RawValue, wanted: &'static str) -> Result<T, ArgumentError> {
    serde_json::from_str(json.get()).map_err(|_| ArgumentError::Kind(name, wanted, kind(json.get())))
}

/// The kind of the JSON value that begins like this.
fn kind(json: &str) -> &'static str {
    match json.as_bytes().first() {
        Some(b'"') => "a string",
        Some(b'{') => "an object",
        Some(b'[') => "an array",
        Some(b't' | b'f') => "a boolean",
        Some(b'n') => "null",
        _ => "a number",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_trimmed_text_in_any_script() {
        let read = |json| Arguments::read(json).and_then(|mut a| a.location("location"));
        assert_eq!(read(r#"{"location":"  São Paulo "}"#), Ok("São Paulo".to_owned()));
        assert_eq!(read(r#"{"location":"\u6771\u4eac"}"#), Ok("東京".to_owned()));
    }

    #[test]
    fn wrong_arguments_are_named() {
        let read = |json: &str| {
            let mut arguments = Arguments::read(json)?;
            arguments.location("location")?;
            arguments.end()
        };
        for (json, message) in [
            ("{}".to_owned(), "`location` is missing: it must be a string"),
            (r#"{"location":5}"#.to_owned(), "`location` must be a string, not a number"),
            (r#"{"location":" "}"#.to_owned(), "`location` must have 1 to 100 characters, not 0"),
            (format!(r#"{{"location":"{}"}}"#, "ä".repeat(101)), "`location` must have 1 to 100 characters, not 101"),
            (r#"{"location":"a\nb"}"#.to_owned(), "`location` must not have control characters"),
            (r#"{"location":"a","unit":"F"}"#.to_owned(), "`unit` is not an argument of this tool"),
        ] {
            assert_eq!(read(&json).map_err(|e| e.to_string()), Err(message.to_owned()), "{json}");
        }
    }

    #[test]
    fn wrong_lists_of_cities_are_named_by_item() {
        let read = |json| Arguments::read(json).and_then(|mut a| a.locations("cities"));
        assert_eq!(read(r#"{"cities":["a","b"]}"#), Ok(vec!["a".to_owned(), "b".to_owned()]));
        for (json, message) in [
            (r#"{}"#, "`cities` is missing: it must be an array of strings"),
            (r#"{"cities":"Oslo"}"#, "`cities` must be an array of strings, not a string"),
            (r#"{"cities":[]}"#, "`cities` must have 1 to 5 items, not 0"),
            (r#"{"cities":["a","b","c","d","e","f"]}"#, "`cities` must have 1 to 5 items, not 6"),
            (r#"{"cities":["a",null]}"#, "`cities[1]` must be a string, not null"),
            (r#"{"cities":["a",""]}"#, "`cities[1]` must have 1 to 100 characters, not 0"),
        ] {
            assert_eq!(read(json).map_err(|e| e.to_string()), Err(message.to_owned()), "{json}");
        }
    }
}
