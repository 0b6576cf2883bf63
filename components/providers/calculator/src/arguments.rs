//! The arguments of a tool: a JSON object, read member by member.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

/// Why arguments cannot be used. The model reads it, so it names the argument and what is wrong with it.
#[derive(Debug, PartialEq, thiserror::Error)]
pub(crate) enum ArgumentError {
    #[error("the arguments are not a JSON object: {0}")]
    NotAnObject(String),
    #[error("`{0}` is missing: it must be a number")]
    Missing(&'static str),
    #[error("`{0}` must be a number, not {1}")]
    NotANumber(&'static str, &'static str),
    #[error("`{0}` is too large: numbers reach to about 1.8e308")]
    TooLarge(&'static str),
    #[error("`{0}` is not an argument of this tool")]
    Unknown(String),
}

/// The arguments that no tool has read yet.
///
/// The values stay JSON text until they are taken: `str::parse` rounds a number correctly, serde_json's default does not.
pub(crate) struct Arguments<'a>(BTreeMap<String, &'a RawValue>);

impl<'a> Arguments<'a> {
    /// Reads the object.
    pub(crate) fn read(json: &'a str) -> Result<Self, ArgumentError> {
        let members = serde_json::from_str(json);
        members.map(Self).map_err(|e| ArgumentError::NotAnObject(e.to_string()))
    }

    /// Takes a finite number.
    pub(crate) fn number(&mut self, name: &'static str) -> Result<f64, ArgumentError> {
        let text = self.0.remove(name).ok_or(ArgumentError::Missing(name))?.get();
        match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(number),
            Ok(_) => Err(ArgumentError::TooLarge(name)),
            Err(_) => Err(ArgumentError::NotANumber(name, kind(text))),
        }
    }

    /// Fails if an argument is left.
    pub(crate) fn end(self) -> Result<(), ArgumentError> {
        self.0.into_keys().next().map_or(Ok(()), |name| Err(ArgumentError::Unknown(name)))
    }
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

    fn two(json: &str) -> Result<(f64, f64), String> {
        let read = || {
            let mut arguments = Arguments::read(json)?;
            let both = (arguments.number("a")?, arguments.number("b")?);
            arguments.end().map(|()| both)
        };
        read().map_err(|e: ArgumentError| e.to_string())
    }

    #[test]
    fn numbers_in_every_json_form_are_read_exactly() {
        for (json, a) in [
            (r#"{"a":1,"b":0}"#, 1.0),
            (r#" { "b" : 0 , "a" : -1.5e3 } "#, -1500.0),
            (r#"{"a":0.30000000000000004,"b":0}"#, 0.1 + 0.2),
            (r#"{"a":8.533e+68,"b":0}"#, 8.533e68), // serde_json alone rounds this to its neighbour
        ] {
            assert_eq!(two(json), Ok((a, 0.0)), "{json}");
        }
    }

    #[test]
    fn wrong_arguments_are_named() {
        for (json, message) in [
            ("{}", "`a` is missing: it must be a number"),
            (r#"{"a":1}"#, "`b` is missing: it must be a number"),
            (r#"{"a":"1","b":2}"#, "`a` must be a number, not a string"),
            (r#"{"a":1,"b":null}"#, "`b` must be a number, not null"),
            (r#"{"a":true,"b":2}"#, "`a` must be a number, not a boolean"),
            (r#"{"a":[1],"b":2}"#, "`a` must be a number, not an array"),
            (r#"{"a":{},"b":2}"#, "`a` must be a number, not an object"),
            (r#"{"a":1e999,"b":2}"#, "`a` is too large: numbers reach to about 1.8e308"),
            (r#"{"a":1,"b":2,"c":3}"#, "`c` is not an argument of this tool"),
        ] {
            assert_eq!(two(json), Err(message.to_owned()), "{json}");
        }
        assert!(two("[1,2]").unwrap_err().starts_with("the arguments are not a JSON object: "));
    }
}
