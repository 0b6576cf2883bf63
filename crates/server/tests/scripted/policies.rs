//! Policies, and servers under them.

use std::sync::{Arc, Mutex};

use ::server::{AccessRequest, Authorizer, BoxFuture, Decision, Engine, Item, ListRequest, ListedItems, Visibility};
use catalog::Catalog;
use contract::model::{CompletionRef, Offers};

use super::{Scripted, Server, built, config, ports, tool};

/// Denies every request.
pub(crate) struct DenyAll;

impl Authorizer for DenyAll {
    fn authorize<'a>(&'a self, _request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        Box::pin(std::future::ready(Decision::deny("nothing is allowed")))
    }
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::Filtered { shown: vec![], ttl_ms: 0 }))
    }
}

/// Hides every item whose name has `secret` in it, and records the requests.
#[derive(Default)]
pub(crate) struct HideSecrets(pub(crate) Arc<Mutex<Vec<String>>>);

impl Authorizer for HideSecrets {
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        let name = match request.item {
            Item::Method => "",
            Item::Tool { name, .. } | Item::Prompt { name, .. } => name,
            Item::Resource { uri } => uri,
            Item::Completion { reference, .. } => match reference {
                CompletionRef::Prompt(name) | CompletionRef::ResourceTemplate(name) | CompletionRef::Unnamed(name) => {
                    name
                }
            },
        };
        self.0.lock().expect("lock").push(format!("{} {:?}", request.method, request.item));
        let decision = if name.contains("secret") { Decision::deny("secret") } else { Decision::allow("no secret") };
        Box::pin(std::future::ready(decision))
    }
    fn filter<'a>(&'a self, list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        let names: Vec<&str> = match list.items {
            ListedItems::Tools(items) => items.iter().map(|owned| &*owned.item.name).collect(),
            ListedItems::Resources(items) => items.iter().map(|owned| &*owned.item.uri).collect(),
            ListedItems::Templates(items) => items.iter().map(|owned| &*owned.item.uri_template).collect(),
            ListedItems::Prompts(items) => items.iter().map(|owned| &*owned.item.name).collect(),
        };
        let shown = names.iter().map(|name| !name.contains("secret")).collect();
        Box::pin(std::future::ready(Visibility::Filtered { shown, ttl_ms: 5 }))
    }
}

/// Demands a token with more scopes.
pub(crate) struct StepUp;

impl Authorizer for StepUp {
    fn authorize<'a>(&'a self, _request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        Box::pin(std::future::ready(Decision::step_up(vec!["read".into(), "write".into()], "too few scopes")))
    }
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::All))
    }
}

/// A server of this catalogue under this policy.
pub(crate) fn server_under(catalog: Catalog<Scripted>, policy: impl Authorizer) -> Server {
    let engine = Engine::new(catalog, config(&[]), ports());
    Server(Arc::new(engine.with_authorizer(policy)))
}

/// A catalogue of which it is known that its provider offers nothing.
pub(crate) fn without_capabilities() -> Catalog<Scripted> {
    let mut provider = provider(true);
    provider.info.offers = Offers::empty();
    built(provider)
}

/// A provider of everything whose tools ask for a header.
pub(crate) fn provider(catalogue_static: bool) -> Scripted {
    let mut provider = Scripted::everything();
    let region = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;
    provider.tools = ["shown", "secret"].map(|name| tool(name, region)).into();
    provider.info.catalogue_static = catalogue_static;
    provider
}
