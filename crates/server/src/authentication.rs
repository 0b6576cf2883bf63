//! Authentication: who sends a request, found out before the server looks at anything else of it.

use contract::model::Principal;
use http::request::Parts;

use crate::ports::BoxFuture;

/// Verifies the caller of a request.
pub trait Authenticator: Send + Sync + 'static {
    /// The verified caller, or none where the server asks for no authorization. Whatever keeps the authenticator from a verdict is
    /// an error: a caller that cannot be verified is not served.
    fn authenticate<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Result<Option<Principal>, AuthError>>;
}

/// Why a caller is not served (RFC 6750 §3.1; MCP authorization, error handling). No text has any part of a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request has no token.
    #[error("the request has no token: send `Authorization: Bearer`")]
    MissingToken {
        /// The scopes that the client should ask for, which the challenge names; it may be none.
        scopes: Vec<String>,
    },
    /// The token is expired, revoked, not made for this server or not valid for another reason.
    #[error("the token is not valid: {0}")]
    InvalidToken(String),
    /// The token lacks these scopes, which the whole server asks for.
    #[error("the token lacks scopes: {}", .0.join(" "))]
    InsufficientScope(Vec<String>),
    /// The header is not one that can be read, or there are two.
    #[error("the `Authorization` header cannot be used: {0}")]
    Malformed(String),
    /// The keys of the issuer are out of reach, so that no token can be verified now.
    #[error("tokens cannot be verified now: try again")]
    KeysUnavailable,
}

/// The authenticator of a server that asks for no authorization.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anonymous;

impl Authenticator for Anonymous {
    fn authenticate<'a>(&'a self, _head: &'a Parts) -> BoxFuture<'a, Result<Option<Principal>, AuthError>> {
        Box::pin(std::future::ready(Ok(None)))
    }
}
