//! The tokens of the rows that ask for them: an issuer whose keys are pinned, and its principals.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde_json::json;
use test_tokens::{Signer, Token, public_jwk};

/// How many principals call, in turn.
const PRINCIPALS: usize = 1000;
/// For how many seconds a token is valid.
const LIFETIME_S: u64 = 300;
const ISSUER: &str = "https://issuer.example";
const RESOURCE: &str = "https://mcp.example/mcp";

/// How tokens are signed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Algorithm {
    Es256,
    Rs256,
    Eddsa,
}

impl Algorithm {
    fn signer(self) -> (&'static str, Signer) {
        match self {
            Self::Es256 => ("ES256", Signer::P256),
            Self::Rs256 => ("RS256", Signer::Rsa("RS256")),
            Self::Eddsa => ("EdDSA", Signer::Ed25519),
        }
    }
}

/// Tokens that are as long as each other.
pub(crate) type Tokens = Arc<[String]>;

/// The settings of a server that asks for these tokens.
pub(crate) fn settings() -> Vec<(&'static str, String)> {
    let keys = [Algorithm::Es256, Algorithm::Rs256, Algorithm::Eddsa].map(|algorithm| {
        let (name, signer) = algorithm.signer();
        let mut key = public_jwk(signer);
        key["kid"] = name.into();
        key["alg"] = name.into();
        key
    });
    let keys = json!({ "keys": keys }).to_string();
    vec![("issuers", ISSUER.to_owned()), ("resource", RESOURCE.to_owned()), ("jwks", keys)]
}

/// A token of each principal.
pub(crate) fn of_all_principals(algorithm: Algorithm) -> anyhow::Result<Tokens> {
    tokens(algorithm, PRINCIPALS)
}

/// A token of one principal.
pub(crate) fn of_one_principal(algorithm: Algorithm) -> anyhow::Result<Tokens> {
    tokens(algorithm, 1)
}

fn tokens(algorithm: Algorithm, count: usize) -> anyhow::Result<Tokens> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
    let (name, signer) = algorithm.signer();
    let token = |principal| {
        let claims = json!({
            "iss": ISSUER,
            "aud": RESOURCE,
            "sub": format!("principal-{principal:04}"),
            "client_id": "bench",
            "scope": "files:read files:write",
            "realm_access": { "roles": ["reader", "editor"] },
            "iat": now_s,
            "exp": now_s + LIFETIME_S,
        });
        Token::new(claims).by(name, name, signer).signed()
    };
    Ok((0..count).map(token).collect())
}
