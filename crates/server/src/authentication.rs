//! Authentication: the server verifies who sends a request before it looks at anything of the request but its host and path.

use contract::model::Principal;
use http::request::Parts;

use crate::ports::BoxFuture;

/// Verifies the caller of a request.
pub trait Authenticator: Send + Sync + 'static {
    /// The verified caller, or none where the server asks for no authorization. A caller that cannot be verified is an error, also
    /// where the reason is not the caller's: it is not served.
    fn authenticate<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Result<Option<Principal>, AuthError>>;
}

/// Why a caller is not served (RFC 6750 §3.1; MCP authorization, error handling). No text has any part of a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request has no token.
    #[error("the request has no token: send `Authorization: Bearer`")]
    MissingToken {
        /// The scopes that the client should ask for, if any. The challenge names them.
        scopes: Vec<String>,
    },
    /// The token is not valid for this reason: it has expired, was revoked, or was not made for this server.
    #[error("the token is not valid: {0}")]
    InvalidToken(String),
    /// The token lacks these scopes, which the whole server asks for.
    #[error("the token lacks scopes: {}", .0.join(" "))]
    InsufficientScope(Vec<String>),
    /// The header cannot be read for this reason, or there are two.
    #[error("the `Authorization` header cannot be used: {0}")]
    Malformed(String),
    /// The keys of the issuer cannot be had, so no token can be verified now.
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
