//! URLs that clients fetch or open without asking: those of icons and of the website of a program. Another scheme could start a program there.

use crate::json::EncodeError;

/// Checks that a URL has one of these schemes, in any case (RFC 3986, section 3.1). `expected` says so in words.
fn check(name: &str, url: &str, schemes: &[&str], expected: &str) -> Result<(), EncodeError> {
    let (scheme, _) = url.split_once(':').unwrap_or_default();
    match schemes.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme)) {
        true => Ok(()),
        false => Err(EncodeError::new(name, expected)),
    }
}

/// Checks the URL of a website.
pub(crate) fn check_website(name: &str, url: &str) -> Result<(), EncodeError> {
    check(name, url, &["https", "http"], "must be an `https:` or `http:` URL")
}

/// Checks the source of an image. Clients refuse all other schemes (MCP 2026-07-28, icons, security considerations).
pub(crate) fn check_image(name: &str, url: &str) -> Result<(), EncodeError> {
    check(name, url, &["https", "http", "data"], "must be an `https:`, `http:` or `data:` URL")
}
