//! Tests a provider that imports `wrpc:rpc/invoker`, by which it could call any component with bytes of its own.

use anyhow::{Result, ensure};
use wasmcp_tests::{Lattice, component};

use crate::one_provider;

pub(crate) const NAME: &str =
    "hosts: a provider that calls other components by itself gets nothing on a host for providers";

/// The provider's message on a host that has the invoker.
const REACHED: &str = "the invoker is there";

pub(crate) fn refused() -> Result<()> {
    // The edge host has the invoker, which proves that the provider uses it where it can.
    for (role, wanted) in
        [("edge", REACHED), ("provider", "provider `rpc-attacker`: the connection closed before a result")]
    {
        let said = up(role)?;
        let wanted = format!(
            "the application does not serve in time:\n  the provider rpc-attacker does not list its tools: {wanted}"
        );
        ensure!(said.contains(&wanted), "on a host of the kind {role}: {said}");
    }
    Ok(())
}

/// Starts a lattice whose only provider is this one, on hosts of one role, and returns the error.
fn up(role: &str) -> Result<String> {
    let parts = Lattice::compose("rpc-attacker-parts", &["calculator", "weather"])?;
    let file = one_provider("rpc-attacker", &component("rpc-attacker")?, &parts.join("transport.wasm"), role)?;
    match Lattice::up("rpc-attacker", &file, &["--deadline", "40"]) {
        Ok(_) => Ok("it serves".to_owned()),
        Err(error) => Ok(format!("{error:#}")),
    }
}
