//! Several providers as one component. A component has one instance for an import, so that a server of several providers needs this
//! between them and the transport.
//!
//! It imports the providers and the snapshot of their catalogue, nothing else. The logic is in the crate `catalog`.

mod bindings;
mod selected_provider;

use std::sync::OnceLock;

use catalog::{Catalog, Member, Routes};
use contract::model::McpError;

use bindings::wasmcp::composition::catalogue::snapshot;
use selected_provider::SelectedProvider;

contract::export_provider!(Mux, catalog, contract::poll_ready_now);

/// Why the snapshot cannot be used. All of these are errors of `wasmcp compose`.
#[derive(Clone, Debug, thiserror::Error)]
enum SnapshotError {
    #[error("the mux was composed without a snapshot of the catalogue: use `wasmcp compose`")]
    Missing,
    #[error("the snapshot of the catalogue cannot be read: {0}")]
    Unreadable(String),
}

/// The providers as one, which lives as long as the instance.
fn catalog() -> Result<&'static Catalog<SelectedProvider>, McpError> {
    static CATALOG: OnceLock<Result<Catalog<SelectedProvider>, SnapshotError>> = OnceLock::new();
    CATALOG.get_or_init(read).as_ref().map_err(|error| McpError::Internal(error.to_string()))
}

fn read() -> Result<Catalog<SelectedProvider>, SnapshotError> {
    let text = snapshot().ok_or(SnapshotError::Missing)?;
    let routes: Routes = serde_json::from_str(&text).map_err(|error| SnapshotError::Unreadable(error.to_string()))?;
    let members = routes
        .members
        .iter()
        .zip(0..)
        .map(|(route, place)| Member {
            name: route.name.clone(),
            prefix: route.prefix.clone(),
            provider: SelectedProvider(place),
        })
        .collect();
    Catalog::with_routes(members, routes).map_err(|error| SnapshotError::Unreadable(error.to_string()))
}
