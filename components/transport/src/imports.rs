//! What the transport imports: the provider, its own settings and the snapshot of the catalogue.

use catalog::{CatalogueSnapshot, SnapshotError};
use contract::Events;
use contract::model::{Context, McpError};
use server::{Config, SettingError};

use crate::bindings::wasmcp::mcp::settings;

/// The provider that this component is composed with. An import returns when it has the answer, so no call here waits.
pub(crate) struct Imports;

contract::import_functions!(crate::bindings::wasmcp::mcp);
contract::impl_provider!({} Imports, call);

impl Imports {
    #[expect(clippy::unused_async, reason = "an import has its answer when it returns")]
    async fn call<F: ImportedFunction>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        _events: &Events,
    ) -> Result<F::Answer, McpError> {
        F::import(ctx, params)
    }
}

/// The transport's settings.
pub(crate) fn config() -> Result<Config, SettingError> {
    Config::read(settings::get)
}

/// The snapshot that `wasmcp compose` made of the providers. A file that was composed otherwise has none, and the engine asks the providers.
pub(crate) fn snapshot() -> Result<Option<CatalogueSnapshot>, SnapshotError> {
    let text = crate::bindings::wasmcp::composition::catalogue::snapshot();
    text.map(|text| CatalogueSnapshot::from_text(&text)).transpose()
}
