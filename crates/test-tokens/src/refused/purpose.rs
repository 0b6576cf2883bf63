//! Tokens of the issuer that are not access tokens for a bearer.

use auth::TokenError::*;
use serde_json::json;

use super::{Refused, bad};
use crate::{Issuer, Token, shapes};

pub(super) fn refused(issuer: &Issuer) -> Vec<Refused> {
    let plain = issuer.token();
    // As most issuers sign: the header has a type that says nothing.
    let untyped = plain.clone().header("typ", "JWT");
    let keycloak = Token::new(shapes::keycloak(issuer)).header("typ", "JWT");
    vec![
        (
            "an ID token of Keycloak",
            Token::new(shapes::keycloak_id_token(issuer)).header("typ", "JWT"),
            NotAccessToken("typ"),
        )
            .into(),
        ("a refresh token of Keycloak", keycloak.clone().claim("typ", "Refresh"), NotAccessToken("typ")).into(),
        ("an offline token of Keycloak", keycloak.clone().claim("typ", "Offline"), NotAccessToken("typ")).into(),
        ("a logout token of Keycloak", keycloak.clone().claim("typ", "Logout"), NotAccessToken("typ")).into(),
        ("a token of Keycloak whose `typ` is a number", keycloak.claim("typ", 1), bad("typ")).into(),
        (
            "an ID token of Auth0",
            Token::new(shapes::auth0_id_token(issuer)).header("typ", "JWT"),
            NotAccessToken("nonce"),
        )
            .into(),
        (
            "an ID token of Auth0 without a nonce",
            Token::new(shapes::auth0_id_token(issuer)).header("typ", "JWT").without("nonce"),
            UnknownPurpose,
        )
            .into(),
        (
            "an ID token of Okta",
            Token::new(shapes::okta_id_token(issuer)).without_header("typ"),
            NotAccessToken("at_hash"),
        )
            .into(),
        (
            "an ID token of Entra ID without a nonce",
            Token::new(shapes::entra_id_token(issuer)).header("typ", "JWT"),
            UnknownPurpose,
        )
            .into(),
        ("an ID token of Cognito", untyped.clone().claim("token_use", "id"), NotAccessToken("token_use")).into(),
        ("a nonce", untyped.clone().claim("nonce", "n-0S6_WzA2Mj"), NotAccessToken("nonce")).into(),
        (
            "the hash of an access token",
            untyped.clone().claim("at_hash", "77QmUPtjPfzWtF2AnpK9RQ"),
            NotAccessToken("at_hash"),
        )
            .into(),
        ("the hash of a code", untyped.clone().claim("c_hash", "LDktKdoQak3Pk0cnXxCltA"), NotAccessToken("c_hash"))
            .into(),
        ("the hash of a state", untyped.clone().claim("s_hash", "LDktKdoQak3Pk0cnXxCltA"), NotAccessToken("s_hash"))
            .into(),
        (
            "a logout token",
            untyped.clone().claim("events", json!({"http://schemas.openid.net/event/backchannel-logout": {}})),
            NotAccessToken("events"),
        )
            .into(),
        ("a token that may be anything", untyped.without("scope").without("client_id"), UnknownPurpose).into(),
        (
            "an access token by its header that its claims call an ID token",
            plain.clone().claim("typ", "ID"),
            NotAccessToken("typ"),
        )
            .into(),
        ("a token that is bound to a DPoP key", plain.clone().claim("cnf", json!({"jkt": "0ZcOCORZNYy"})), KeyBound)
            .into(),
        (
            "a token that is bound to a certificate",
            plain.claim("cnf", json!({"x5t#S256": "bwcK0esc3ACC3DB2Y5"})),
            KeyBound,
        )
            .into(),
    ]
}
