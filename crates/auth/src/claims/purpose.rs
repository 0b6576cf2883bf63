//! Whether a token is an access token. An ID token has the same issuer, keys and form, and often an audience that an operator trusts: the
//! client (RFC 9068 §5, RFC 8725 §3.11 and §3.12).

use serde_json::{Map, Value};

use super::{bad, present};
use crate::error::TokenError;

/// Claims that only other tokens have: the hashes and the nonce of an ID token (OpenID Connect Core §2, §3.3.2.11; FAPI), and the events of
/// a logout token (Back-Channel Logout §2.4) or of a security event (RFC 8417).
const OF_OTHER_TOKENS: [&str; 5] = ["nonce", "at_hash", "c_hash", "s_hash", "events"];

/// Claims that an access token of a known issuer has at least one of: its scopes, or the client that got it.
const OF_ACCESS_TOKENS: [&str; 6] = ["scope", "scp", "client_id", "azp", "appid", "cid"];

/// Refuses what is not an access token, or cannot be told from an ID token. `typed` says whether the header has the type of an access token.
pub(super) fn check(members: &Map<String, Value>, typed: bool) -> Result<(), TokenError> {
    check_bearer(members)?;
    // Keycloak: `Bearer`, `ID`, `Refresh`, `Offline`, `Logout` and more. Amazon Cognito: `access` or `id`.
    let says = says_access_token(members)?;
    if typed || says {
        return Ok(());
    }
    if let Some(claim) = OF_OTHER_TOKENS.iter().find(|claim| present(members, claim).is_some()) {
        return Err(TokenError::NotAccessToken(claim));
    }
    let is_access_token = OF_ACCESS_TOKENS
        .iter()
        .any(|claim| present(members, claim).is_some_and(|value| !is_own_audience(members, claim, value)));
    if is_access_token { Ok(()) } else { Err(TokenError::UnknownPurpose) }
}

/// Whether the claims say that they are those of an access token. They are refused if they say something else.
pub(super) fn says_access_token(members: &Map<String, Value>) -> Result<bool, TokenError> {
    Ok(says(members, "typ", "Bearer")? | says(members, "token_use", "access")?)
}

/// Whether this is the claim `azp` of an ID token, which names its audience (OpenID Connect Core §2). In an access token the client is
/// another one than the server.
fn is_own_audience(members: &Map<String, Value>, claim: &str, value: &Value) -> bool {
    let audience = present(members, "aud");
    claim == "azp" && audience.is_some_and(|aud| aud == value || aud.as_array().is_some_and(|all| all.contains(value)))
}

/// Refuses a token that is not for its bearer alone.
pub(super) fn check_bearer(members: &Map<String, Value>) -> Result<(), TokenError> {
    if present(members, "cnf").is_some() { Err(TokenError::KeyBound) } else { Ok(()) }
}

/// Whether this claim says that it is an access token. It is refused if the claim says something else.
fn says(members: &Map<String, Value>, claim: &'static str, access_token: &str) -> Result<bool, TokenError> {
    match present(members, claim) {
        None => Ok(false),
        Some(Value::String(name)) if name.eq_ignore_ascii_case(access_token) => Ok(true),
        Some(Value::String(_)) => Err(TokenError::NotAccessToken(claim)),
        Some(_) => Err(bad(claim)),
    }
}
