//! The paths of the server and their HTTP methods.

use http::Method;
use http::request::Parts;

use crate::error::HeadError;

/// The path of MCP messages.
pub(crate) const ENDPOINT: &str = "/mcp";
/// The same as people write it, too.
const ENDPOINT_AS_FOLDER: &str = "/mcp/";
/// The path of the liveness probe.
pub(crate) const HEALTH: &str = "/healthz";
/// The path of the readiness probe.
const READINESS: &str = "/readyz";
/// The path of the metadata of the server as a protected resource, which the path of the resource may follow (RFC 9728 §3.1).
const RESOURCE_METADATA: &str = "/.well-known/oauth-protected-resource";

/// A route of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Route {
    Health,
    Readiness,
    Messages,
    ResourceMetadata,
}

impl Route {
    /// The route of a path.
    pub(crate) fn of(head: &Parts) -> Result<Self, HeadError> {
        match head.uri.path() {
            path if is_endpoint(path) || view_name(path).is_some() => Ok(Self::Messages),
            HEALTH => Ok(Self::Health),
            READINESS => Ok(Self::Readiness),
            path if resource_of_metadata(path).is_some() => Ok(Self::ResourceMetadata),
            _ => Err(HeadError::UnknownPath),
        }
    }

    /// Whether the route is one of the probes.
    pub(crate) fn is_probe(self) -> bool {
        matches!(self, Self::Health | Self::Readiness)
    }

    /// The HTTP methods of the route, and their names as a header lists them.
    pub(crate) fn methods(self) -> (&'static [Method], &'static str) {
        match self {
            Self::Messages => (&[Method::POST], "POST"),
            Self::Health | Self::Readiness | Self::ResourceMetadata => (&[Method::GET, Method::HEAD], "GET, HEAD"),
        }
    }

    /// Refuses an HTTP method that the route does not have.
    pub(crate) fn check_method(self, head: &Parts) -> Result<(), HeadError> {
        let (allowed, names) = self.methods();
        if allowed.contains(&head.method) { Ok(()) } else { Err(HeadError::MethodNotAllowed(names)) }
    }
}

/// The path of the resource that the metadata at this path is about: empty for the form without one. None for any other path.
pub(crate) fn resource_of_metadata(path: &str) -> Option<&str> {
    path.strip_prefix(RESOURCE_METADATA).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The name in the path of a view, as in `/mcp/NAME`.
pub(crate) fn view_name(path: &str) -> Option<&str> {
    let name = path.strip_prefix(ENDPOINT_AS_FOLDER)?;
    let name = name.strip_suffix('/').unwrap_or(name);
    (!name.is_empty() && !name.contains('/')).then_some(name)
}

/// The path of a view.
pub(crate) fn path_of_view(name: &str) -> String {
    format!("{ENDPOINT_AS_FOLDER}{name}")
}

/// Whether a path is that of the messages.
pub(crate) fn is_endpoint(path: &str) -> bool {
    matches!(path, ENDPOINT | ENDPOINT_AS_FOLDER)
}
