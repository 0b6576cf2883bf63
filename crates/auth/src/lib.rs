//! The OAuth 2.1 resource server of MCP (2025-06-18 to 2026-07-28, authorization): who sends a request, by a token that one of the trusted
//! issuers made for this server.
//!
//! # Design
//! - Pure logic: time, randomness, HTTP requests and the store are the ports of the crate `server`; signatures are verified by the
//!   provider of `jsonwebtoken` that a shell installs.
//! - A token is never stored, logged or passed on. What is cached has the place of a keyed hash of it.
//! - Every failure refuses the request.

mod algorithm;
mod authenticator;
mod bearer;
mod claims;
mod config;
mod discovery;
mod error;
mod explanation;
mod fetch_document;
mod introspection;
mod issuer_keys;
mod jwk;
mod key_set;
mod keyed_cache;
mod principal_key;
mod refused_tokens;
mod scopes;
mod strict_object;
mod token;
mod verdict_cache;

pub use algorithm::{ALGORITHMS, from_name as algorithm_from_name, name as algorithm_name};
pub use authenticator::{AuthenticatorError, TokenAuthenticator};
pub use claims::{ClaimRules, MAX_CLAIMS, VerifiedClaims};
pub use config::{AuthConfig, KeyStorage};
pub use discovery::DiscoveryError;
pub use error::{TokenError, TokenPart};
pub use explanation::{Finding, Outcome};
pub use fetch_document::{DocumentError, MAX_DOCUMENT};
pub use introspection::{Introspection, IntrospectionConfig, IntrospectionError};
pub use issuer_keys::{IssuerKeys, KeySource, Keys, KeysConfig, KeysError, KeysErrorCause};
pub use jwk::SkippedKeyReason;
pub use key_set::{KeySet, KeySetError, MAX_KEY_SET, MAX_KEYS, SkippedKey};
pub use principal_key::{KeyPurpose, principal_key};
pub use scopes::{MAX_SCOPE_RULES, Scopes};
pub use token::{MAX_TOKEN, verify_token};
pub use verdict_cache::{Now, Verdict, Verdicts};
