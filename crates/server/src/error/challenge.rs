//! The challenges of RFC 6750 §3: what a client must bring to be served.

use http::StatusCode;
use http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use protocol::error_code;

use super::ErrorReply;
use crate::authentication::AuthError;
use crate::config::Config;

/// The reply to a caller that could not be verified.
pub(super) fn reply(error: &AuthError, config: &Config) -> ErrorReply {
    let (status, challenge) = match error {
        // RFC 6750 §3.1: a request without a token gets no error code.
        AuthError::MissingToken { scopes } => (StatusCode::UNAUTHORIZED, challenge(None, scopes)),
        AuthError::InvalidToken(_) => (StatusCode::UNAUTHORIZED, challenge(Some("invalid_token"), &[])),
        AuthError::InsufficientScope(scopes) => return insufficient_scope(scopes, config),
        AuthError::Malformed(_) => (StatusCode::BAD_REQUEST, challenge(Some("invalid_request"), &[])),
        AuthError::KeysUnavailable => {
            return ErrorReply::new(StatusCode::SERVICE_UNAVAILABLE, error_code::INTERNAL_ERROR, error.to_string())
                .with_header(RETRY_AFTER, "1");
        }
    };
    ErrorReply::new(status, error_code::INVALID_REQUEST, error.to_string()).with_header(WWW_AUTHENTICATE, challenge)
}

/// The reply to a caller whose token lacks scopes. The authorization of MCP asks for all scopes of the operation in one challenge.
pub(super) fn insufficient_scope(scopes: &[String], _config: &Config) -> ErrorReply {
    let named = scope_parameter(scopes);
    ErrorReply::new(StatusCode::FORBIDDEN, error_code::INVALID_REQUEST, format!("the token lacks scopes: {named}"))
        .with_header(WWW_AUTHENTICATE, challenge(Some("insufficient_scope"), scopes))
}

fn challenge(error: Option<&str>, scopes: &[String]) -> String {
    let error = error.map(|error| format!(r#"error="{error}""#));
    let scope = (!scopes.is_empty()).then(|| format!(r#"scope="{}""#, scope_parameter(scopes)));
    let parameters: Vec<String> = error.into_iter().chain(scope).collect();
    match parameters.is_empty() {
        true => "Bearer".to_owned(),
        false => format!("Bearer {}", parameters.join(", ")),
    }
}

/// The scopes in one text. Anything that is not a scope-token is left out: it could write parameters of its own into the challenge.
fn scope_parameter(scopes: &[String]) -> String {
    scopes.iter().filter(|scope| is_scope_token(scope)).map(String::as_str).collect::<Vec<_>>().join(" ")
}

/// Whether a text is a `scope-token` (RFC 6749 §3.3).
fn is_scope_token(scope: &str) -> bool {
    !scope.is_empty() && scope.bytes().all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_error_of_authentication_has_its_status_and_challenge() {
        let scopes = || vec!["read".to_owned(), "wr\"ite".to_owned()];
        for (error, status, header, value) in [
            (AuthError::MissingToken { scopes: vec![] }, 401, WWW_AUTHENTICATE, "Bearer"),
            (AuthError::MissingToken { scopes: scopes() }, 401, WWW_AUTHENTICATE, r#"Bearer scope="read""#),
            (AuthError::InvalidToken("expired".into()), 401, WWW_AUTHENTICATE, r#"Bearer error="invalid_token""#),
            (
                AuthError::InsufficientScope(scopes()),
                403,
                WWW_AUTHENTICATE,
                r#"Bearer error="insufficient_scope", scope="read""#,
            ),
            (AuthError::Malformed("two".into()), 400, WWW_AUTHENTICATE, r#"Bearer error="invalid_request""#),
            (AuthError::KeysUnavailable, 503, RETRY_AFTER, "1"),
        ] {
            let reply = reply(&error, &Config::default());
            assert_eq!((reply.status.as_u16(), reply.header), (status, Some((header, value.to_owned()))), "{error:?}");
        }
    }
}
