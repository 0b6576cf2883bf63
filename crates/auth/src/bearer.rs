//! The token of a request: in the header `Authorization`, and nowhere else (RFC 6750 §2.1; MCP authorization, token requirements).

use http::header::AUTHORIZATION;
use http::request::Parts;
use server::AuthError;

use crate::token::MAX_TOKEN;

/// The token of a request.
///
/// # Errors
/// There is none, or what is there cannot be one.
pub(crate) fn token(head: &Parts) -> Result<&str, AuthError> {
    let malformed = |reason: &str| Err(AuthError::Malformed(reason.to_owned()));
    if head.uri.query().is_some_and(|query| query.split('&').any(|part| part.starts_with("access_token="))) {
        return malformed("a token in the URL is not read, since URLs are logged: send it in the header");
    }
    let mut headers = head.headers.get_all(AUTHORIZATION).iter();
    let header = match (headers.next(), headers.next()) {
        (None, _) => return Err(AuthError::MissingToken),
        (Some(_), Some(_)) => return malformed("there are two of them"),
        (Some(header), None) => header,
    };
    let Ok(header) = header.to_str() else { return malformed("it is not ASCII") };
    let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
    if !scheme.eq_ignore_ascii_case("Bearer") {
        return Err(AuthError::MissingToken);
    }
    let token = token.trim_matches(' ');
    if token.len() > MAX_TOKEN {
        return Err(AuthError::InvalidToken(format!("it is longer than {MAX_TOKEN} bytes")));
    }
    // RFC 6750 §2.1: `b64token`.
    let is_legal =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=');
    match token.is_empty() || !token.bytes().all(is_legal) {
        true => malformed("write `Bearer`, a space and the token"),
        false => Ok(token),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_read_from_one_header_of_the_scheme_bearer() {
        let long = format!("Bearer {}", "a".repeat(MAX_TOKEN + 1));
        for (uri, headers, expected) in [
            ("/mcp", &["Bearer abc.def"][..], Ok("abc.def")),
            ("/mcp", &["bearer abc"], Ok("abc")),
            ("/mcp", &["Bearer  abc"], Ok("abc")),
            ("/mcp?a=b", &["Bearer a~b+/=="], Ok("a~b+/==")),
            ("/mcp", &[], Err("missing")),
            ("/mcp", &["Basic YTpi"], Err("missing")),
            ("/mcp", &["BearerX abc"], Err("missing")),
            ("/mcp", &["Bearer"], Err("malformed")),
            ("/mcp", &["Bearer "], Err("malformed")),
            ("/mcp", &["Bearer a b"], Err("malformed")),
            ("/mcp", &["Bearer a,Bearer b"], Err("malformed")),
            ("/mcp", &["Bearer \u{fc}"], Err("malformed")),
            ("/mcp", &["Bearer a", "Bearer a"], Err("malformed")),
            ("/mcp?access_token=abc", &["Bearer abc"], Err("malformed")),
            ("/mcp?a=b&access_token=abc", &[], Err("malformed")),
            ("/mcp", &[&long], Err("invalid")),
        ] {
            let mut request = http::Request::get(uri);
            for header in headers {
                request = request.header(AUTHORIZATION, *header);
            }
            let (head, ()) = request.body(()).expect("request").into_parts();
            let kind = token(&head).map_err(|error| match error {
                AuthError::MissingToken => "missing",
                AuthError::Malformed(_) => "malformed",
                AuthError::InvalidToken(_) => "invalid",
                _ => "other",
            });
            assert_eq!(kind, expected, "{uri} {headers:?}");
        }
    }
}
