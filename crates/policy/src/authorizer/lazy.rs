//! A policy that is compiled when a request first needs it, for a shell whose instances live for one request: a probe, or a request without a
//! token, does not pay for it.

use std::sync::{Arc, LazyLock};

use server::{
    AccessRequest, Authorizer, BoxFuture, Decision, EngineDenial, ListRequest, Ports, RequestHead, Visibility,
};

use super::{PolicyAuthorizer, PolicyOptions};
use crate::bundle::Bundle;

/// Makes the authorizer, once.
type Compile = Box<dyn FnOnce() -> Result<PolicyAuthorizer, String> + Send>;

/// Decides by a bundle that is compiled for the first decision, or when [`Authorizer::ready`] is asked. A bundle that cannot be compiled denies
/// everything. A shell asks `ready` before it answers a request, so that clients are told that the server does not work and not that what they
/// ask for does not exist.
pub struct LazyAuthorizer(LazyLock<Result<PolicyAuthorizer, String>, Compile>);

impl LazyAuthorizer {
    /// An authorizer of the bundle that `compile` makes, or of none for the reason that it gives.
    pub fn new(
        compile: impl FnOnce() -> Result<Bundle, String> + Send + 'static,
        options: PolicyOptions,
        ports: &Ports,
    ) -> Self {
        let ports = ports.clone();
        Self(LazyLock::new(Box::new(move || Ok(PolicyAuthorizer::new(compile()?, options, &ports)))))
    }

    fn compiled(&self) -> Result<&PolicyAuthorizer, &str> {
        self.0.as_ref().map_err(String::as_str)
    }
}

impl Authorizer for LazyAuthorizer {
    fn begin(&self, head: &RequestHead<'_>) -> Option<Arc<dyn Authorizer>> {
        self.compiled().ok()?.begin(head)
    }

    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        match self.compiled() {
            Ok(policy) => policy.authorize(request),
            Err(problem) => Box::pin(std::future::ready(Decision::deny(problem.to_owned()))),
        }
    }

    fn denied(&self, request: &AccessRequest<'_>, denial: EngineDenial) {
        if let Ok(policy) = self.compiled() {
            policy.denied(request, denial);
        }
    }

    fn filter<'a>(&'a self, list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        match self.compiled() {
            Ok(policy) => policy.filter(list),
            Err(_) => Box::pin(std::future::ready(Visibility::Filtered { shown: Vec::new(), ttl_ms: 0 })),
        }
    }

    fn ready(&self) -> Result<(), String> {
        self.compiled().map_err(str::to_owned)?.ready()
    }
}
