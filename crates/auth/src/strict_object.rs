//! A part of a token as a JSON object that has exactly one reading.

use protocol::StrictJsonError;
use serde_json::{Map, Value};

use crate::error::{TokenError, TokenPart};

/// Refuses what is not JSON, repeats a member at any depth (by escapes too), nests too deep, or has U+0000 in a name or a string.
pub(crate) fn check(text: &str, part: TokenPart) -> Result<(), TokenError> {
    protocol::check_json(text).map_err(|error| match error {
        // One text of serde_json has backslashes, which no challenge can have.
        StrictJsonError::NotJson { reason } => TokenError::NotJson { part, reason: reason.replace('\\', "") },
        StrictJsonError::TooDeep => TokenError::TooDeep(part),
        StrictJsonError::DuplicateKey(_) => TokenError::RepeatedMember(part),
    })?;
    if has_nul(text) { Err(TokenError::NulCharacter(part)) } else { Ok(()) }
}

/// The members of a text that has been checked.
pub(crate) fn members(text: &str, part: TokenPart) -> Result<Map<String, Value>, TokenError> {
    serde_json::from_str(text).map_err(|_| TokenError::NotObject(part))
}

/// Whether JSON has an escaped U+0000. Without an escape it is not JSON.
fn has_nul(json: &str) -> bool {
    let mut rest = json.as_bytes();
    while let Some(at) = memchr::memchr(b'\\', rest) {
        let escape = rest.get(at.saturating_add(1)..).unwrap_or_default();
        if escape.starts_with(b"u0000") {
            return true;
        }
        rest = escape.get(1..).unwrap_or_default();
    }
    false
}
