//! What becomes of tokens: the tables of `test_tokens`, and rules that one table for all servers cannot have.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

mod key_sets;
mod limits;
mod mutations;
mod table;

use std::sync::LazyLock;

use auth::{ALGORITHMS, ClaimRules, KeySet, TokenError, VerifiedClaims, verify_token};
use test_tokens::Issuer;

/// The keys of all issuers of the tests.
static KEYS: LazyLock<KeySet> = LazyLock::new(|| KeySet::parse(Issuer::example().jwks().as_bytes()).unwrap());

/// Verifies a token of an issuer by its rules, with every algorithm allowed.
fn verify(issuer: &Issuer, token: &str) -> Result<VerifiedClaims, TokenError> {
    verify_by(&issuer.rules(), issuer, token)
}

fn verify_by(rules: &ClaimRules, issuer: &Issuer, token: &str) -> Result<VerifiedClaims, TokenError> {
    verify_token(token, &KEYS, &ALGORITHMS.map(|(_, algorithm)| algorithm), rules, issuer.now_s)
}
