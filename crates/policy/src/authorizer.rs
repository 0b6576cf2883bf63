//! The policy as the authorizer of the engine: from a request to the document, and from the decision to what the engine does.

mod lazy;
mod lists;
mod of_request;

use std::sync::{Arc, PoisonError, RwLock};

use http::HeaderName;
use server::{
    AccessRequest, Authorizer, BoxFuture, Clock, Decision, ListRequest, Ports, Random, RequestHead, Visibility,
};

use settings::Denials;

pub use self::lazy::LazyAuthorizer;
use self::of_request::OfRequest;
use crate::bundle::Bundle;
use crate::record::RecordOptions;

/// Where the records of decisions go.
pub trait DecisionLog: Send + Sync + 'static {
    /// Takes a line. It returns at once, and loses the line where it cannot be kept.
    fn write(&self, line: String);
}

/// How a policy is used.
#[derive(Clone, Default)]
pub struct PolicyOptions {
    /// The headers that policies see.
    pub headers: Vec<HeaderName>,
    /// What a client is told that may not do something.
    pub denials: Denials,
    /// What a record of a decision has in it.
    pub record: RecordOptions,
    /// Where the records go.
    pub log: Option<Arc<dyn DecisionLog>>,
}

impl PolicyOptions {
    /// Those of the settings `policy.*`, with no log.
    #[must_use]
    pub fn from_settings(settings: &settings::Policy) -> Self {
        Self {
            // The kind of the setting lets no other names through.
            headers: settings.headers.iter().filter_map(|name| name.parse().ok()).collect(),
            denials: settings.denials,
            record: RecordOptions { arguments: settings.log_arguments, ..RecordOptions::default() },
            log: None,
        }
    }
}

/// Decides by a bundle, which can be replaced while requests run: each request is decided by the bundle that was there when it began.
pub struct PolicyAuthorizer {
    shared: Arc<Shared>,
}

/// What the authorizers of all requests share.
struct Shared {
    policies: RwLock<Policies>,
    options: PolicyOptions,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

#[derive(Clone)]
struct Policies {
    bundle: Arc<Bundle>,
    /// A policy that only says what it would have done.
    dry_run: Option<Arc<Bundle>>,
    /// Why the bundle that the operator wants cannot be used.
    problem: Option<String>,
}

impl PolicyAuthorizer {
    /// An authorizer of this bundle.
    pub fn new(bundle: Bundle, options: PolicyOptions, ports: &Ports) -> Self {
        let policies = Policies { bundle: Arc::new(bundle), dry_run: None, problem: None };
        let (clock, random) = (Arc::clone(&ports.clock), Arc::clone(&ports.random));
        Self { shared: Arc::new(Shared { policies: RwLock::new(policies), options, clock, random }) }
    }

    /// Sets a policy beside it that only says what it would have done.
    pub fn set_dry_run(&self, bundle: Bundle) {
        self.shared.change(|policies| policies.dry_run = Some(Arc::new(bundle)));
    }

    /// Replaces the bundle for requests that begin from now on.
    pub fn replace(&self, bundle: Bundle) {
        self.shared.change(|policies| {
            policies.bundle = Arc::new(bundle);
            policies.problem = None;
        });
    }

    /// Keeps the bundle, as the one that the operator wants cannot be used for this reason: the server is not ready until it can.
    pub fn keep(&self, problem: String) {
        self.shared.change(|policies| policies.problem = Some(problem));
    }

    /// The revision of the bundle that decides now.
    pub fn revision(&self) -> String {
        self.shared.policies().bundle.revision().to_owned()
    }
}

impl Shared {
    fn policies(&self) -> Policies {
        self.policies.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Policies)) {
        change(&mut self.policies.write().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Authorizer for PolicyAuthorizer {
    fn begin(&self, head: &RequestHead<'_>) -> Option<Arc<dyn Authorizer>> {
        Some(Arc::new(OfRequest::new(Arc::clone(&self.shared), head)))
    }

    /// The engine asks the authorizer of the request; without one there is nothing to decide by.
    fn authorize<'a>(&'a self, _request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        Box::pin(std::future::ready(Decision::deny("the request has no authorizer of its own")))
    }

    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::Filtered { shown: Vec::new(), ttl_ms: 0 }))
    }

    fn ready(&self) -> Result<(), String> {
        self.shared.policies().problem.map_or(Ok(()), Err)
    }
}
