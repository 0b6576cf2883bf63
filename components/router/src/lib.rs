//! The providers behind the links of a lattice as one. Composed with the transport, which does not know that it exists.
//!
//! # Design
//! - What it does stands in the crates `remote` (calls, deadlines, retries) and `catalog` (many as one); here calls become
//!   invocations of `wrpc:rpc/invoker`, and time is that of the host.
//! - Plain imports would do for calls that go well. They trap when the other side is lost, which ends the request without an
//!   answer, cannot be given a deadline, and run one after the other.
//! - An instance serves one request. So nothing is kept but the catalogue, which asks nobody when it is made.

mod bindings;
mod lattice;
mod turn;

use std::sync::{Arc, OnceLock};

use catalog::Catalog;
use contract::model::McpError;
use remote::{Baked, Config, Remote, assemble};
use wasmcloud_component::wasi::config::store;

use lattice::Host;

contract::export_provider!(Router, catalog, run);

fn run<T>(call: impl Future<Output = Result<T, McpError>>) -> Result<T, McpError> {
    guest::block_on(call).unwrap_or_else(|deadlock| Err(McpError::Internal(deadlock.to_string())))
}

fn catalog() -> Result<&'static Catalog<Remote<Host>>, McpError> {
    static CATALOG: OnceLock<Result<Catalog<Remote<Host>>, String>> = OnceLock::new();
    CATALOG.get_or_init(providers).as_ref().map_err(|reason| McpError::Internal(reason.clone()))
}

fn providers() -> Result<Catalog<Remote<Host>>, String> {
    let baked: Baked = serde_json::from_str(&bindings::baked())
        .map_err(|error| format!("what is baked in cannot be read: {error}"))?;
    assemble(&Arc::new(Host::default()), &config()?, &baked).map_err(|error| error.to_string())
}

/// The router's settings. A host that cannot read them has not said that they are unset.
fn config() -> Result<Config, String> {
    let all = store::get_all().map_err(|_| "the host could not read the settings `router.*`".to_owned())?;
    let get = |key: &str| {
        let key = format!("router.{key}");
        all.iter().find_map(|(name, value)| (*name == key).then(|| value.clone()))
    };
    Config::from_settings(get).map_err(|error| error.to_string())
}
