use std::future::Future;
use std::pin::Pin;

use contract::model::Principal;
use http::StatusCode;
use http::request::Parts;

/// Finds out who sends a request, before anything else of it is looked at.
pub trait Identity: Send + Sync + 'static {
    /// The verified caller, or nobody where the server asks for no authorization. Whatever keeps it from knowing is a refusal:
    /// a caller that cannot be verified is not served.
    fn identify<'a>(&'a self, head: &'a Parts) -> Identified<'a>;
}

/// What comes of [`Identity::identify`].
pub type Identified<'a> = Pin<Box<dyn Future<Output = Result<Option<Principal>, Refusal>> + Send + 'a>>;

/// Why a caller is not served (RFC 6750 §3; MCP authorization, error handling).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// 401 without a valid token, 403 with too little scope, 400 where the header is malformed, 503 where the keys of the issuer
    /// are out of reach.
    pub status: StatusCode,
    /// The value of `WWW-Authenticate`.
    pub challenge: Option<String>,
    /// What the client is told. Never any part of a token.
    pub message: String,
}

/// A server that asks nobody who they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anonymous;

impl Identity for Anonymous {
    fn identify<'a>(&'a self, _head: &'a Parts) -> Identified<'a> {
        Box::pin(std::future::ready(Ok(None)))
    }
}
