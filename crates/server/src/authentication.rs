//! Authentication: the server verifies who sends a request before it looks at anything of the request but its host and path.

use std::any::Any;
use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use contract::model::Principal;
use http::request::Parts;

use crate::ports::BoxFuture;

/// Verifies the caller of a request.
pub trait Authenticator: Send + Sync + 'static {
    /// The verified caller, or none where the server asks for no authorization. A caller that cannot be verified is an error, also
    /// where the reason is not the caller's: it is not served.
    fn authenticate<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Result<Option<Arc<Caller>>, AuthError>>;

    /// What clients are told of the server as a protected resource; none where it asks for no authorization.
    fn protected_resource(&self) -> Option<ProtectedResource>;

    /// Whether callers can be verified now. The error says why not, for the operator.
    fn ready(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// A verified caller.
#[derive(Clone, Debug, PartialEq)]
pub struct Caller {
    /// Who it is, as providers learn it.
    pub principal: Principal,
    /// The caller's roles, from the claims that the operator names. No provider gets them but in its claims.
    pub roles: Vec<String>,
    /// The caller's groups.
    pub groups: Vec<String>,
    /// What an authorizer has made of the rest.
    pub derived: Derived,
}

/// What an authorizer has made of a verified caller. It is kept as long as the caller is, since an authenticator remembers the callers of
/// tokens that come again.
#[derive(Clone, Default)]
pub struct Derived(OnceLock<Arc<dyn Any + Send + Sync>>);

impl Derived {
    /// What was made before, or what this makes now. One type of it is kept.
    pub fn get_or_make<T: Any + Send + Sync>(&self, make: impl Fn() -> T) -> Arc<T> {
        let kept = self.0.get_or_init(|| Arc::new(make()));
        Arc::clone(kept).downcast().unwrap_or_else(|_| Arc::new(make()))
    }
}

impl fmt::Debug for Derived {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Derived")
    }
}

impl PartialEq for Derived {
    /// Callers are equal whatever was made of them.
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}

/// The server as a protected resource (RFC 9728).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedResource {
    /// The URL of the metadata, which challenges name (RFC 9728 §5.1).
    pub metadata_url: String,
    /// The path of the resource as clients use it, as in `/mcp`: the metadata is at the well-known path followed by it.
    pub path: String,
    /// The metadata: a JSON object (RFC 9728 §2).
    pub metadata: Bytes,
    /// The scopes that a client without a token should ask for.
    pub scopes: Vec<String>,
}

/// Why a caller is not served (RFC 6750 §3.1; MCP authorization, error handling). No text has any part of a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthError {
    /// The request has no token.
    #[error("the request has no token: send `Authorization: Bearer`")]
    MissingToken,
    /// The token is not valid for this reason: it has expired, was revoked, or was not made for this server.
    #[error("the token is not valid: {0}")]
    InvalidToken(String),
    /// The token lacks scopes that every request needs. All of these are needed.
    #[error("the token lacks scopes: {} are needed", .0.join(" "))]
    InsufficientScope(Vec<String>),
    /// The header cannot be read for this reason, or there are two.
    #[error("the `Authorization` header cannot be used: {0}")]
    Malformed(String),
    /// The keys of the issuer cannot be had, so no token can be verified now.
    #[error("tokens cannot be verified now: try again")]
    KeysUnavailable {
        /// Why not, for the operator alone.
        reason: String,
    },
}

impl<A: Authenticator> Authenticator for Arc<A> {
    fn authenticate<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Result<Option<Arc<Caller>>, AuthError>> {
        (**self).authenticate(head)
    }

    fn protected_resource(&self) -> Option<ProtectedResource> {
        (**self).protected_resource()
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        (**self).ready()
    }
}

/// The authenticator of a server that asks for no authorization.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anonymous;

impl Authenticator for Anonymous {
    fn authenticate<'a>(&'a self, _head: &'a Parts) -> BoxFuture<'a, Result<Option<Arc<Caller>>, AuthError>> {
        Box::pin(std::future::ready(Ok(None)))
    }

    fn protected_resource(&self) -> Option<ProtectedResource> {
        None
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
