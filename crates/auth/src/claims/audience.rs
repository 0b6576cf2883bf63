//! Whether a token is for this server, and when two audiences are the same (RFC 7519 §4.1.3; MCP authorization, canonical server URI; RFC 8707
//! §2).

use serde_json::{Map, Value};
use url::{Position, Url};

use super::{bad, present};
use crate::error::TokenError;

/// One audience must be this server, whatever the others are (RFC 7519 §4.1.3).
pub(super) fn check(members: &Map<String, Value>, expected: &[String]) -> Result<(), TokenError> {
    let values = match present(members, "aud").ok_or(TokenError::NoAudience)? {
        Value::Array(values) if values.is_empty() => return Err(TokenError::NoAudience),
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    let mut ours = false;
    for value in values {
        let audience = value.as_str().ok_or_else(|| bad("aud"))?;
        ours |= expected.iter().any(|expected| same(audience, expected));
    }
    if ours { Ok(()) } else { Err(TokenError::Audience) }
}

/// Whether an audience of a token is one that the server answers to: the same text, or two http URLs that differ in the case of scheme and
/// host, in a default port, or in the one slash of an empty path. The rest is compared byte by byte: a path, a query and a trailing slash
/// after a path tell servers apart.
fn same(audience: &str, expected: &str) -> bool {
    audience == expected || canonical(audience).is_some_and(|url| canonical(expected).is_some_and(|other| url == other))
}

/// Scheme, host and port as `url` writes them, and what follows as it came. None for what is not such a URL, or has a form that one could
/// take for another's: user information, a fragment, characters that a parser would drop or replace.
fn canonical(text: &str) -> Option<(String, &str)> {
    if text.bytes().any(|byte| byte <= b' ' || byte >= 0x7f || byte == b'\\') {
        return None;
    }
    let (scheme, rest) = text.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end)?;
    if authority.contains(['@', '%']) || path.contains('#') {
        return None;
    }
    let url = Url::parse(&format!("{scheme}://{authority}")).ok()?;
    // Another spelling of an address, such as `0x7f.1`, is not the same host: only case is.
    let host = url.host_str()?;
    let written = authority.get(..host.len())?;
    if !written.eq_ignore_ascii_case(host) {
        return None;
    }
    let path = if path == "/" { "" } else { path };
    Some((url[..Position::BeforePath].to_owned(), path))
}
