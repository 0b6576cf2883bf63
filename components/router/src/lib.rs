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

use std::sync::{Arc, OnceLock};

use contract::model::McpError;
use router::{CatalogueSnapshot, Config, Router, connect};
use wasmcloud_component::wasi::config::store;

use bindings::wasmcp::composition::catalogue::snapshot;
use invoker::Invoker;

contract::export_provider!(Component, router, run);

fn run<T>(call: impl Future<Output = Result<T, McpError>>) -> Result<T, McpError> {
    guest::block_on(call).unwrap_or_else(|deadlock| Err(McpError::Internal(deadlock.to_string())))
}

fn router() -> Result<&'static Router<Invoker>, McpError> {
    static ROUTER: OnceLock<Result<Router<Invoker>, String>> = OnceLock::new();
    ROUTER.get_or_init(start).as_ref().map_err(|reason| McpError::Internal(reason.clone()))
}

fn start() -> Result<Router<Invoker>, String> {
    let text = snapshot().ok_or("the router was composed without a snapshot of the catalogue: use `wasmcp compose`")?;
    let snapshot = CatalogueSnapshot::from_text(&text).map_err(|error| error.to_string())?;
    connect(&Arc::new(Invoker::default()), &config()?, snapshot).map_err(|error| error.to_string())
}

/// The settings of the router. If the host cannot read them, this is an error: it does not mean that they are unset.
fn config() -> Result<Config, String> {
    let all = store::get_all().map_err(|_| "the host could not read the settings `router.*`".to_owned())?;
    let get = |key: &str| {
        let key = format!("router.{key}");
        all.iter().find_map(|(name, value)| (*name == key).then(|| value.clone()))
    };
    Config::from_settings(get).map_err(|error| error.to_string())
}
