//! The providers behind the links of a lattice as one. `wasmcp compose --for lattice` connects it to the transport, for which it is a
//! provider like any other.
//!
//! # Design
//! - Its logic is in the crates `router` (calls, deadlines, retries) and `catalog` (several providers as one). This component makes
//!   invocations of `wrpc:rpc/invoker` of their calls, and takes the time from the host.
//! - Plain imports of the contract would do for calls that succeed. If the other side is lost they trap, which ends the request without a
//!   reply; they take no deadline; and they run one after the other.
//! - An instance may serve one request only. So its state is the catalogue alone, which is made without a call of a provider.

mod bindings;
mod invoker;
mod link_lock;
mod state;

use std::sync::{Arc, OnceLock};

use contract::model::McpError;
use router::{CatalogueSnapshot, Config, ConnectError, Router, SettingError, SnapshotError, connect};
use wasmcloud_component::wasi::config::store;

use bindings::wasmcp::composition::catalogue::{snapshot_index, snapshot_record};
use invoker::Invoker;

/// It uses the memory that an instance starts with. The allocator of the standard library would let every call grow it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

contract::export_provider!(Component, router, run);

fn run<T>(call: impl Future<Output = Result<T, McpError>>) -> Result<T, McpError> {
    guest::block_on(call).unwrap_or_else(|deadlock| Err(McpError::Internal(deadlock.to_string())))
}

fn router() -> Result<&'static Router<Invoker>, McpError> {
    static ROUTER: OnceLock<Result<Router<Invoker>, StartError>> = OnceLock::new();
    ROUTER.get_or_init(start).as_ref().map_err(|error| McpError::Internal(error.to_string()))
}

/// Why this instance cannot serve.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("the router was composed without a snapshot of the catalogue: use `wasmcp compose`")]
    NoSnapshot,
    /// The host said that it failed, which does not mean that the settings are unset.
    #[error("the host could not read the settings `router.*`")]
    Store,
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    #[error(transparent)]
    Settings(#[from] SettingError),
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

fn start() -> Result<Router<Invoker>, StartError> {
    let index = snapshot_index().ok_or(StartError::NoSnapshot)?;
    let snapshot = CatalogueSnapshot::from_index(&index, snapshot_record)?;
    Ok(connect(&Arc::new(Invoker::default()), &config()?, snapshot)?)
}

fn config() -> Result<Config, StartError> {
    let all = store::get_all().map_err(|_| StartError::Store)?;
    let get = |key: &str| {
        let key = format!("router.{key}");
        all.iter().find_map(|(name, value)| (*name == key).then(|| value.clone()))
    };
    Ok(Config::from_settings(get)?)
}
