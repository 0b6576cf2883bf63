//! The tool `echo`: returns its message, to try a connection, or to measure one.

use serde::Deserialize;

use crate::arguments::{ArgumentError, Arguments};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Echo {
    message: String,
}

/// The message. Right arguments are read in one go, since this is the tool that servers are measured with; wrong ones once
/// more, to say what is wrong with them.
pub(crate) fn echo(arguments: &str) -> Result<String, ArgumentError> {
    if let Ok(Echo { message }) = serde_json::from_str(arguments) {
        return Ok(message);
    }
    let mut arguments = Arguments::read(arguments)?;
    let message = arguments.string("message")?;
    arguments.end()?;
    Ok(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_comes_back_unchanged_or_the_mistake_is_named() {
        for (arguments, answer) in [
            (r#"{"message":"hi \u00e9\n"}"#, Ok("hi é\n")),
            (r#"{"message":""}"#, Ok("")),
            ("{}", Err("`message` is missing: it must be a string")),
            (r#"{"message":1}"#, Err("`message` must be a string, not a number")),
            (r#"{"message":"","loud":true}"#, Err("`loud` is not an argument of this tool")),
        ] {
            let expected = answer.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(echo(arguments).map_err(|e| e.to_string()), expected);
        }
    }
}
