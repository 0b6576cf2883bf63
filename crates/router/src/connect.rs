//! Makes a [`Router`] of the configuration and of what was known of the providers before.

use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Catalog, Member, Offered, Route, Routes, RoutesError};
use serde::{Deserialize, Serialize};
use settings::ProviderLink;

use crate::config::Config;
use crate::deadline::CallDeadlines;
use crate::remote_provider::RemoteProvider;
use crate::router::Router;
use crate::rpc::Rpc;

/// What the providers offered when the server was composed. It makes calls faster, and no answer relies on it: a provider that is not
/// among them, or that has changed since, is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteHints {
    /// By the name of the link, which is the name of the provider.
    pub providers: BTreeMap<String, Route>,
}

/// The providers cannot be served as one.
#[derive(Debug, thiserror::Error)]
#[error("the providers cannot be served as one: {0}")]
pub struct ConnectError(#[from] RoutesError);

/// One router of all configured providers, in their order. No provider is called. A list without a provider that is lost says so.
pub fn connect<R: Rpc>(rpc: &Arc<R>, config: &Config, hints: &RouteHints) -> Result<Router<R>, ConnectError> {
    let deadlines = Arc::new(CallDeadlines::default());
    let (members, routes) = config
        .providers
        .iter()
        .map(|configured| {
            let route = route(configured, hints.providers.get(&configured.link));
            let provider = RemoteProvider {
                link: configured.link.clone(),
                rpc: Arc::clone(rpc),
                deadlines: Arc::clone(&deadlines),
                policy: config.policy,
                repeatable: route.repeatable.iter().cloned().collect(),
            };
            (Member { name: configured.link.clone(), prefix: configured.prefix.clone(), provider }, route)
        })
        .unzip();
    let catalog = Catalog::with_routes(members, Routes { members: routes })?.with_gaps();
    Ok(Router { rpc: Arc::clone(rpc), deadlines, catalog })
}

/// The route to one provider. Every provider counts as dynamic, since it may have been replaced: a name that is not in the hints is looked
/// for on its lists.
fn route(configured: &ProviderLink, hint: Option<&Route>) -> Route {
    let known = hint.cloned().unwrap_or_else(|| Route {
        // A provider that does not offer one of them answers so when it is asked.
        offered: Offered { tools: true, prompts: true, resources: true, completion: true, changes: true },
        ..Route::default()
    });
    Route { name: configured.link.clone(), prefix: configured.prefix.clone(), dynamic: true, ..known }
}
