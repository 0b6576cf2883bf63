//! For tests alone: an issuer with keys of every kind, the tokens of it that a server accepts, and those that it refuses, each with the rule
//! that it breaks.
//!
//! # Design
//! - A test of rules calls `auth` with them, a test of a server sends them: both get the same tables ([`Issuer::refused`],
//!   [`Issuer::accepted`]), for the issuer, the audience and the time of the test.
//! - Tokens are signed by `ring` from texts, so that they can have what no library writes: members twice, numbers beyond a double, another
//!   algorithm's signature. What verifies them in the tests of `auth` is another implementation.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "tests fail loudly"
)]

mod accepted;
mod jwks;
mod keys;
mod refused;
mod shapes;
mod token;

pub use accepted::{Accepted, Expected};
pub use keys::{Signer, public_jwk};
pub use refused::Refused;
pub use token::{Token, encoded};

use auth::ClaimRules;
use serde_json::{Value, json};

/// Where the rules of [`Issuer::rules`] find roles: the default of the setting, a namespaced claim as Auth0 has, and roles of one client of
/// Keycloak.
pub const ROLES_CLAIMS: [&str; 4] =
    ["roles", "realm_access.roles", "https://example.com/roles", "resource_access.mcp.client.roles"];
/// Where they find groups.
pub const GROUPS_CLAIMS: [&str; 1] = ["groups"];
/// By how many seconds clocks may differ: the default of the setting.
pub const CLOCK_SKEW_S: u32 = 60;

/// An issuer, the server that its tokens are for, and the time.
#[derive(Clone, Debug)]
pub struct Issuer {
    /// The `iss` of its tokens.
    pub issuer: String,
    /// The `aud`: an http URL with the path `/mcp`.
    pub audience: String,
    /// The time at which the tokens are accepted or refused, in seconds since 1970. Where it is the time of a real clock, tokens whose
    /// verdict depends on a single second are not made ([`Refused::to_the_second`]).
    pub now_s: u64,
}

impl Issuer {
    /// An issuer for tests that have no server.
    pub fn example() -> Self {
        Self {
            issuer: "https://issuer.example/tenant".to_owned(),
            audience: "https://mcp.example/mcp".to_owned(),
            now_s: 1_800_000_000,
        }
    }

    /// Its public keys (RFC 7517): those that sign, and some that no server may use.
    pub fn jwks(&self) -> String {
        jwks::jwks()
    }

    /// The rules for its tokens.
    pub fn rules(&self) -> ClaimRules {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        ClaimRules {
            issuer: self.issuer.clone(),
            audiences: vec![self.audience.clone()],
            clock_skew_s: CLOCK_SKEW_S,
            roles_claims: owned(&ROLES_CLAIMS),
            groups_claims: owned(&GROUPS_CLAIMS),
        }
    }

    /// The claims of a plain access token (RFC 9068), which tests change.
    pub fn claims(&self) -> Value {
        json!({
            "iss": self.issuer,
            "aud": self.audience,
            "exp": self.now_s + 300,
            "iat": self.now_s - 10,
            "sub": "user-1",
            "client_id": "client-1",
            "scope": "tools:read tools:write",
            "jti": "0b8f5a3e",
        })
    }

    /// The plain access token, not signed yet.
    pub fn token(&self) -> Token {
        Token::new(self.claims())
    }

    /// Tokens that a server refuses.
    pub fn refused(&self) -> Vec<Refused> {
        refused::all(self)
    }

    /// Tokens that a server accepts, and the caller of each.
    pub fn accepted(&self) -> Vec<Accepted> {
        accepted::all(self)
    }
}
