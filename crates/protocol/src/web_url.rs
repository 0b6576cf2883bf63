//! URLs that clients fetch or open without asking: those of icons and of the website of a program. Another scheme could start a program there.

use crate::json::EncodeError;

/// Whether the website of a program may have this URL.
pub(crate) fn is_website(url: &str) -> bool {
    has_scheme(url, &["https", "http"])
}

/// Whether an icon may have this URL. Clients refuse all other schemes (MCP 2026-07-28, icons, security considerations).
pub(crate) fn is_image(url: &str) -> bool {
    has_scheme(url, &["https", "http", "data"])
}

/// Checks the URL of a website.
pub(crate) fn check_website(name: &str, url: &str) -> Result<(), EncodeError> {
    let error = || EncodeError::new(name, "must be an `https:` or `http:` URL");
    is_website(url).then_some(()).ok_or_else(error)
}

/// Checks the source of an icon.
pub(crate) fn check_image(name: &str, url: &str) -> Result<(), EncodeError> {
    let error = || EncodeError::new(name, "must be an `https:`, `http:` or `data:` URL");
    is_image(url).then_some(()).ok_or_else(error)
}

/// Schemes are the same in any case (RFC 3986, section 3.1).
fn has_scheme(url: &str, schemes: &[&str]) -> bool {
    url.split_once(':').is_some_and(|(scheme, _)| schemes.iter().any(|allowed| allowed.eq_ignore_ascii_case(scheme)))
}
