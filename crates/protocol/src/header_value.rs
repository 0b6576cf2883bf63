//! The values of `Mcp-Name` and `Mcp-Param-*` (MCP 2026-07-28, transports, value encoding).

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;

/// Why a header's value cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum HeaderValueError {
    /// A literal may only have visible ASCII, spaces and tabs.
    #[error("has bytes that are not printable ASCII; send `=?base64?...?=` instead")]
    NotAscii,
    /// The text between the markers is not standard, padded Base64.
    #[error("is not valid Base64 between `=?base64?` and `?=`")]
    NotBase64,
    /// The bytes that the Base64 encodes are not UTF-8.
    #[error("is Base64 of bytes that are not UTF-8")]
    NotUtf8,
}

/// Decodes the value of a header: a literal, without the white space around it, or Base64 between the markers `=?base64?` and `?=`.
/// A value with only one of the markers is a literal.
pub fn decode(value: &[u8]) -> Result<Cow<'_, str>, HeaderValueError> {
    let value = trim(value);
    let sentinel = value.strip_prefix(b"=?base64?").and_then(|rest| rest.strip_suffix(b"?="));
    if let Some(encoded) = sentinel {
        let bytes = STANDARD.decode(encoded).map_err(|_| HeaderValueError::NotBase64)?;
        return String::from_utf8(bytes).map(Cow::Owned).map_err(|_| HeaderValueError::NotUtf8);
    }
    if !value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~')) {
        return Err(HeaderValueError::NotAscii);
    }
    std::str::from_utf8(value).map(Cow::Borrowed).map_err(|_| HeaderValueError::NotAscii)
}

/// Without optional white space (RFC 9110 §5.6.3).
fn trim(mut value: &[u8]) -> &[u8] {
    while let [b' ' | b'\t', rest @ ..] | [rest @ .., b' ' | b'\t'] = value {
        value = rest;
    }
    value
}

#[cfg(test)]
mod tests {
    use super::HeaderValueError::{NotAscii, NotBase64, NotUtf8};
    use super::decode;

    #[test]
    fn values_are_literal_or_marked_base64() {
        let cases: [(&[u8], Result<&str, _>); 19] = [
            (b"now", Ok("now")),
            (b" \t now\t ", Ok("now")),
            (b"", Ok("")),
            (b" \t ", Ok("")),
            (b"two words\tand a tab", Ok("two words\tand a tab")),
            (b"=?base64?SGVsbG8=?=", Ok("Hello")),
            (b"\t=?base64?SGVsbG8=?= ", Ok("Hello")),
            ("=?base64?w7xiZXI=?=".as_bytes(), Ok("\u{fc}ber")),
            (b"=?base64??=", Ok("")),
            // The markers share no byte, and are case-sensitive; one of them alone says nothing.
            (b"=?base64?=", Ok("=?base64?=")),
            (b"=?BASE64?SGVsbG8=?=", Ok("=?BASE64?SGVsbG8=?=")),
            (b"=?base64?SGVsbG8=", Ok("=?base64?SGVsbG8=")),
            (b"SGVsbG8=?=", Ok("SGVsbG8=?=")),
            (b"=?base64?SGVsbG8?=", Err(NotBase64)),
            (b"=?base64?SGVs!!!bG8=?=", Err(NotBase64)),
            (b"=?base64?_-8=?=", Err(NotBase64)),
            (b"=?base64?/w==?=", Err(NotUtf8)),
            ("\u{fc}ber".as_bytes(), Err(NotAscii)),
            (b"a\x00b", Err(NotAscii)),
        ];
        for (value, want) in cases {
            assert_eq!(decode(value).as_deref(), want.as_ref().copied(), "{:?}", String::from_utf8_lossy(value));
        }
    }
}
