//! What the transport imports: the providers, its own settings and the snapshot of the catalogue.

use catalog::{Catalog, CatalogueSnapshot, NamedProvider, SnapshotError};
use contract::Events;
use contract::model::{Context, McpError};
use server::{Config, SettingError};

use crate::bindings::wasmcp::composition::catalogue::{
    exports_function, provider_count, select_provider, snapshot_index, snapshot_record,
};
use crate::bindings::wasmcp::mcp::settings;

/// A provider that this component is composed with, by its place in the snapshot. Without a place it is all that the imports reach: a router,
/// or a component that `wac plug` put there.
pub(crate) struct ImportedProvider(Option<u32>);

contract::import_functions!(crate::bindings::wasmcp::mcp);
contract::impl_provider!({} ImportedProvider, call);

impl ImportedProvider {
    /// Calls the import as this provider's. Nothing comes between the two calls: a component has one thread, and an import has its answer
    /// when it returns.
    #[expect(clippy::unused_async, reason = "an import has its answer when it returns")]
    async fn call<F: ImportedFunction>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        _events: &Events,
    ) -> Result<F::Answer, McpError> {
        if let Some(place) = self.0 {
            if !u32::try_from(F::INDEX).is_ok_and(|function| exports_function(place, function)) {
                return Err(McpError::NotOffered);
            }
            select_provider(place);
        }
        F::import(ctx, params)
    }
}

/// The transport's settings.
pub(crate) fn config() -> Result<Config, SettingError> {
    Config::read(settings::get)
}

/// One setting of the server, by its whole key.
#[cfg(not(feature = "auth"))]
pub(crate) fn setting(key: &'static str) -> Result<Option<String>, SettingError> {
    settings::get(key).map_err(|_| SettingError::Unreadable { key })
}

/// The catalogue of the providers. A file that was composed by `wac plug` has no snapshot, and the engine asks what is there.
pub(crate) fn catalog() -> Result<Catalog<ImportedProvider>, SnapshotError> {
    let snapshot = snapshot_index().map(|index| CatalogueSnapshot::from_index(&index, snapshot_record)).transpose()?;
    let count = provider_count();
    let snapshot = match snapshot {
        Some(snapshot) if count > 0 => snapshot,
        other => return Ok(Catalog::pass_through(ImportedProvider(None), other)),
    };
    let named = |((name, prefix), place): ((&str, Option<&str>), u32)| NamedProvider {
        name: name.to_owned(),
        prefix: prefix.map(str::to_owned),
        provider: ImportedProvider(Some(place)),
    };
    let providers = snapshot.providers().zip(0..count).map(named).collect();
    // A provider that answers with an error costs its own part of a list, as on every other host.
    Ok(Catalog::from_snapshot(providers, snapshot)?.with_partial_results())
}
