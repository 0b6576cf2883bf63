//! Makes a [`Router`] of the configuration and of what was known of the providers before.

use std::sync::Arc;

use catalog::{Catalog, CatalogueSnapshot, NamedProvider, SnapshotError};

use crate::config::Config;
use crate::deadline::CallDeadlines;
use crate::remote_provider::RemoteProvider;
use crate::router::Router;
use crate::rpc::Rpc;

/// The providers cannot be served as one.
#[derive(Debug, thiserror::Error)]
#[error("the providers of the router cannot be served as one: {0}")]
pub struct ConnectError(#[from] SnapshotError);

/// One router of all configured providers, in their order. No provider is called. A list without a provider that is lost says so.
///
/// The snapshot has what the providers offered when the server was composed, by the names of their links. It makes calls faster, and no
/// answer relies on it: every provider counts as one that may have been replaced since, and one that the snapshot does not describe is
/// asked. The default snapshot, which is empty, will do.
pub fn connect<R: Rpc>(rpc: &Arc<R>, config: &Config, snapshot: CatalogueSnapshot) -> Result<Router<R>, ConnectError> {
    let hints = snapshot.into_hints();
    let deadlines = Arc::new(CallDeadlines::default());
    let providers = config.providers.iter().map(|configured| {
        let provider = RemoteProvider {
            link: configured.link.clone(),
            rpc: Arc::clone(rpc),
            deadlines: Arc::clone(&deadlines),
            policy: config.policy,
            hints: hints.clone(),
        };
        NamedProvider { name: configured.link.clone(), prefix: configured.prefix.clone(), provider }
    });
    let catalog = Catalog::from_snapshot(providers.collect(), hints.clone())?.with_partial_results();
    Ok(Router { rpc: Arc::clone(rpc), deadlines, catalog })
}
