//! The paths of the server and their HTTP methods.

use http::Method;
use http::request::Parts;

use crate::error::HeadError;

/// The path of MCP messages.
const ENDPOINT: &str = "/mcp";
/// The path of the liveness probe.
pub(crate) const HEALTH: &str = "/healthz";
/// The path of the readiness probe.
const READINESS: &str = "/readyz";

/// A route of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Health,
    Readiness,
    Messages,
}

impl Route {
    /// The route of a path.
    pub(crate) fn of(head: &Parts) -> Result<Self, HeadError> {
        match head.uri.path() {
            ENDPOINT => Ok(Self::Messages),
            HEALTH => Ok(Self::Health),
            READINESS => Ok(Self::Readiness),
            _ => Err(HeadError::UnknownPath),
        }
    }

    /// Refuses an HTTP method that the route does not have.
    pub(crate) fn check_method(self, head: &Parts) -> Result<(), HeadError> {
        let (allowed, names): (&[Method], _) = match self {
            Self::Messages => (&[Method::POST], "POST"),
            Self::Health | Self::Readiness => (&[Method::GET, Method::HEAD], "GET, HEAD"),
        };
        if allowed.contains(&head.method) { Ok(()) } else { Err(HeadError::MethodNotAllowed(names)) }
    }
}
