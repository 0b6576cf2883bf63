//! Several providers as one component. A component has one instance for an import, so that a server of several providers needs this
//! between them and the transport.
//!
//! It imports the providers and the snapshot of their catalogue, nothing else. The logic is in the crate `catalog`.

mod bindings;
mod selected_provider;

use std::sync::OnceLock;

use catalog::{Catalog, CatalogueSnapshot, NamedProvider, SnapshotError};
use contract::model::McpError;

use bindings::wasmcp::composition::catalogue::snapshot;
use selected_provider::SelectedProvider;

contract::export_provider!(Mux, catalog, contract::poll_ready_now);

/// Why the snapshot cannot be used. Both are errors of `wasmcp compose`.
#[derive(Debug, thiserror::Error)]
enum MuxError {
    #[error("the mux was composed without a snapshot of the catalogue: use `wasmcp compose`")]
    NoSnapshot,
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
}

/// The providers as one, which lives as long as the instance.
fn catalog() -> Result<&'static Catalog<SelectedProvider>, McpError> {
    static CATALOG: OnceLock<Result<Catalog<SelectedProvider>, MuxError>> = OnceLock::new();
    CATALOG.get_or_init(read).as_ref().map_err(|error| McpError::Internal(error.to_string()))
}

fn read() -> Result<Catalog<SelectedProvider>, MuxError> {
    let snapshot = CatalogueSnapshot::from_text(&snapshot().ok_or(MuxError::NoSnapshot)?)?;
    let providers = snapshot
        .providers()
        .zip(0..)
        .map(|((name, prefix), place)| NamedProvider {
            name: name.to_owned(),
            prefix: prefix.map(str::to_owned),
            provider: SelectedProvider(place),
        })
        .collect();
    // A provider that answers with an error costs its own part of a list, as on every other host.
    Ok(Catalog::from_snapshot(providers, snapshot)?.with_partial_results())
}
