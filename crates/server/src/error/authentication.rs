//! The replies to a caller that could not be verified, or that lacks scopes, with the challenges of RFC 6750 §3 and RFC 9728 §5.1.

use http::StatusCode;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use protocol::error_code;

use super::ErrorReply;
use crate::authentication::AuthError;
use crate::config::Config;

/// The reply to a caller that could not be verified.
pub(super) fn reply(error: &AuthError, config: &Config) -> ErrorReply {
    let (status, code) = match error {
        // RFC 6750 §3.1: a request without a token gets no error code.
        AuthError::MissingToken => (StatusCode::UNAUTHORIZED, None),
        AuthError::InvalidToken(_) => (StatusCode::UNAUTHORIZED, Some("invalid_token")),
        AuthError::InsufficientScope(scopes) => return insufficient_scope(scopes, config),
        AuthError::Malformed(_) => (StatusCode::BAD_REQUEST, Some("invalid_request")),
        AuthError::KeysUnavailable { .. } => {
            return ErrorReply::new(StatusCode::SERVICE_UNAVAILABLE, error_code::INTERNAL_ERROR, error.to_string())
                .with_header(RETRY_AFTER, "1");
        }
    };
    let scopes = config.protected_resource.as_ref().map_or(&[][..], |resource| &resource.scopes);
    let description = error.to_string();
    let challenge = challenge(code.map(|code| (code, description.as_str())), scopes, config);
    ErrorReply::new(status, error_code::INVALID_REQUEST, description).with_header(WWW_AUTHENTICATE, challenge)
}

/// The reply to a caller whose token lacks scopes. The authorization of MCP asks for all scopes of the operation in one challenge.
pub(super) fn insufficient_scope(scopes: &[String], config: &Config) -> ErrorReply {
    let description = match scope_parameter(scopes) {
        none if none.is_empty() => "the token lacks scopes".to_owned(),
        needed => format!("the token lacks scopes: this needs {needed}"),
    };
    let challenge = challenge(Some(("insufficient_scope", &description)), scopes, config);
    ErrorReply::new(StatusCode::FORBIDDEN, error_code::INVALID_REQUEST, description)
        .with_header(WWW_AUTHENTICATE, challenge)
}

/// The value of `WWW-Authenticate`.
fn challenge(error: Option<(&str, &str)>, scopes: &[String], config: &Config) -> String {
    let scopes = scope_parameter(scopes);
    let parameters = [
        error.map(|(code, _)| ("error", code.to_owned())),
        (!scopes.is_empty()).then_some(("scope", scopes)),
        config.protected_resource.as_ref().map(|resource| ("resource_metadata", printable(&resource.metadata_url))),
        error.map(|(_, description)| ("error_description", printable(description))),
    ];
    let parameters: Vec<String> =
        parameters.into_iter().flatten().map(|(name, value)| format!(r#"{name}="{value}""#)).collect();
    match parameters.is_empty() {
        true => "Bearer".to_owned(),
        false => format!("Bearer {}", parameters.join(", ")),
    }
}

/// A text as RFC 6750 §3 allows it in `error_description`: printable ASCII without quotes and backslashes.
fn printable(text: &str) -> String {
    let is_legal = |char: char| matches!(char, ' '..='~') && !matches!(char, '"' | '\\');
    text.chars().map(|char| if is_legal(char) { char } else { '\'' }).collect()
}

/// The scopes in one text. Anything that is not a scope-token is left out: it could write parameters of its own into the challenge.
fn scope_parameter(scopes: &[String]) -> String {
    scopes.iter().filter(|scope| is_scope_token(scope)).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Whether a text is a `scope-token` (RFC 6749 §3.3).
pub fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::authentication::ProtectedResource;

    fn config() -> Config {
        let resource = ProtectedResource {
            metadata_url: "https://mcp.example/.well-known/oauth-protected-resource/mcp".to_owned(),
            path: "/mcp".to_owned(),
            metadata: "{}".into(),
            scopes: vec!["basic".to_owned()],
        };
        let mut config = Config::default();
        config.protected_resource = Some(resource);
        config
    }

    #[test]
    fn each_error_of_authentication_has_its_status_and_challenge() {
        const METADATA: &str = r#"resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/mcp""#;
        let scopes = || vec!["read".to_owned(), "wr\"ite".to_owned()];
        for (error, status, header, value) in [
            (AuthError::MissingToken, 401, WWW_AUTHENTICATE, format!(r#"Bearer scope="basic", {METADATA}"#)),
            (
                AuthError::InvalidToken("a \"quoted\" back\\slash".into()),
                401,
                WWW_AUTHENTICATE,
                format!(
                    r#"Bearer error="invalid_token", scope="basic", {METADATA}, error_description="the token is not valid: a 'quoted' back'slash""#
                ),
            ),
            (
                AuthError::InsufficientScope(scopes()),
                403,
                WWW_AUTHENTICATE,
                format!(
                    r#"Bearer error="insufficient_scope", scope="read", {METADATA}, error_description="the token lacks scopes: this needs read""#
                ),
            ),
            (
                AuthError::Malformed("two".into()),
                400,
                WWW_AUTHENTICATE,
                format!(
                    r#"Bearer error="invalid_request", scope="basic", {METADATA}, error_description="the `Authorization` header cannot be used: two""#
                ),
            ),
            (AuthError::KeysUnavailable { reason: "down".into() }, 503, RETRY_AFTER, "1".to_owned()),
        ] {
            let reply = reply(&error, &config());
            assert_eq!((reply.status.as_u16(), reply.header), (status, Some((header, value))), "{error:?}");
        }
        let bare = reply(&AuthError::MissingToken, &Config::default());
        assert_eq!(bare.header, Some((WWW_AUTHENTICATE, "Bearer".to_owned())));
    }
}
