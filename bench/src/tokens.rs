//! The tokens of the rows that ask for them: an issuer whose keys are pinned, and its principals.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use serde_json::json;
use test_tokens::{Signer, Token, public_jwk};

/// How many principals call, in turn.
const PRINCIPALS: usize = 1000;
/// How many tokens there are where none may be known to the server: twice as many as it remembers, so that it has forgotten each before
/// that comes again.
const NEW_TOKENS: usize = 20_000;
/// The scopes that the policy asks for.
const SCOPES: &str = "files:read files:write";
/// For how many seconds a token is valid.
const LIFETIME_S: u64 = 300;

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

/// Tokens that are as long as each other. Requests have them in turn, over all connections: copies go on where the others are.
#[derive(Clone)]
pub(crate) struct Tokens {
    list: Arc<[String]>,
    next: Arc<AtomicUsize>,
}

impl Tokens {
    /// These tokens, of which the first comes first.
    pub(crate) fn new(list: Vec<String>) -> Self {
        Self { list: list.into(), next: Arc::default() }
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.list.len()
    }

    /// The length of each.
    pub(crate) fn length(&self) -> usize {
        self.list.first().map_or(0, String::len)
    }

    /// The token whose turn it is.
    pub(crate) fn next(&self) -> &str {
        let turn = self.next.fetch_add(1, Ordering::Relaxed);
        self.list.get(turn % self.list.len().max(1)).map_or("", String::as_str)
    }
}

/// The issuer of the tokens.
pub(crate) const ISSUER: &str = "https://issuer.example";
/// The server that they are for.
pub(crate) const RESOURCE: &str = "https://mcp.example/mcp";

/// The settings of a server that asks for these tokens: issuer, resource and keys.
pub(crate) fn settings() -> Vec<(&'static str, String)> {
    vec![("issuers", ISSUER.to_owned()), ("resource", RESOURCE.to_owned()), ("jwks", keys())]
}

/// The keys of the issuer, one for each algorithm (RFC 7517).
pub(crate) fn keys() -> String {
    let keys = [Algorithm::Es256, Algorithm::Rs256, Algorithm::Eddsa].map(|algorithm| {
        let (name, signer) = algorithm.signer();
        let mut key = public_jwk(signer);
        if let Some(members) = key.as_object_mut() {
            members.extend([("kid".to_owned(), name.into()), ("alg".to_owned(), name.into())]);
        }
        key
    });
    json!({ "keys": keys }).to_string()
}

/// A token of each principal.
pub(crate) fn of_all_principals(algorithm: Algorithm) -> anyhow::Result<Tokens> {
    tokens(algorithm, PRINCIPALS, SCOPES)
}

/// A token of one principal.
pub(crate) fn of_one_principal(algorithm: Algorithm) -> anyhow::Result<Tokens> {
    tokens(algorithm, 1, SCOPES)
}

/// So many tokens of all principals that none is remembered when it comes.
pub(crate) fn new_each_time(algorithm: Algorithm) -> anyhow::Result<Tokens> {
    tokens(algorithm, NEW_TOKENS, SCOPES)
}

/// A token of one principal, with which the policy allows nothing.
pub(crate) fn without_scopes(algorithm: Algorithm) -> anyhow::Result<Tokens> {
    tokens(algorithm, 1, "other")
}

fn tokens(algorithm: Algorithm, count: usize, scopes: &str) -> anyhow::Result<Tokens> {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).context("the clock is before 1970")?.as_secs();
    let (name, signer) = algorithm.signer();
    let token = |number| {
        let claims = json!({
            "iss": ISSUER,
            "aud": RESOURCE,
            "sub": format!("principal-{:04}", number % PRINCIPALS),
            "jti": format!("{number:08}"),
            "client_id": "bench",
            "scope": scopes,
            "realm_access": { "roles": ["reader", "editor"] },
            "iat": now_s,
            "exp": now_s + LIFETIME_S,
        });
        Token::new(claims).by(name, name, signer).signed()
    };
    Ok(Tokens::new((0..count).map(token).collect()))
}
