use std::collections::BTreeMap;
use std::sync::Arc;

use catalog::{Catalog, Member, Offered, Route, Routes, RoutesError};
use serde::{Deserialize, Serialize};
use settings::ProviderLink;

use crate::config::Config;
use crate::lattice::Lattice;
use crate::provider::Remote;
use crate::request::Request;

/// What was known of the providers when the server was put together. It makes calls faster and is never relied on: a provider that
/// is not among them, or that has changed since, is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baked {
    /// By the name of the link, which is that of the provider.
    pub providers: BTreeMap<String, Route>,
}

/// Providers that cannot be served as one.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct AssembleError(#[from] RoutesError);

/// One catalogue of all providers that are declared, in their order. Asks nobody. One that is lost leaves a gap, which lists state.
pub fn assemble<L: Lattice>(
    lattice: &Arc<L>,
    config: &Config,
    baked: &Baked,
) -> Result<Catalog<Remote<L>>, AssembleError> {
    let request = Arc::new(Request::default());
    let (members, routes) = config
        .providers
        .iter()
        .map(|declared| {
            let route = route(declared, baked.providers.get(&declared.link));
            let provider = Remote {
                link: declared.link.clone(),
                lattice: Arc::clone(lattice),
                request: Arc::clone(&request),
                patience: config.patience,
                repeatable: route.repeatable.iter().cloned().collect(),
            };
            (Member { name: declared.link.clone(), prefix: declared.prefix.clone(), provider }, route)
        })
        .unzip();
    Ok(Catalog::with_routes(members, Routes { members: routes })?.with_gaps())
}

/// What is known of one provider. Every one may have changed since: what is not found here is asked for.
fn route(declared: &ProviderLink, baked: Option<&Route>) -> Route {
    let known = baked.cloned().unwrap_or_else(|| Route {
        // A provider that does not have it says so.
        offered: Offered { tools: true, prompts: true, resources: true, completion: true, changes: true },
        ..Route::default()
    });
    Route { name: declared.link.clone(), prefix: declared.prefix.clone(), dynamic: true, ..known }
}
