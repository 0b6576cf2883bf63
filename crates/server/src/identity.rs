use std::future::Future;
use std::pin::Pin;

use contract::model::Principal;
use http::request::Parts;

/// Finds out who sends a request, before anything of its body is read.
pub trait Identity: Send + Sync + 'static {
    /// The verified caller, or nobody where the server asks for no authorization.
    fn identify<'a>(&'a self, head: &'a Parts) -> Pin<Box<dyn Future<Output = Option<Principal>> + Send + 'a>>;
}

/// A server that asks nobody who they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Anonymous;

impl Identity for Anonymous {
    fn identify<'a>(&'a self, _head: &'a Parts) -> Pin<Box<dyn Future<Output = Option<Principal>> + Send + 'a>> {
        Box::pin(std::future::ready(None))
    }
}
