//! A provider that imports `wrpc:rpc/invoker`, by which it could call any component with bytes of its own.

use anyhow::{Result, ensure};
use wasmcp_tests::{Lattice, component};

use crate::one_provider;

pub(crate) const NAME: &str =
    "hosts: a provider that calls other components by itself gets nothing on a host for providers";

/// What the provider says where it has the invoker.
const REACHED: &str = "the invoker is there";

pub(crate) fn refused() -> Result<()> {
    // That a host of the other kind has it shows that the provider would use it.
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

/// Why a lattice does not serve whose only provider is this one, on hosts of a kind.
fn up(role: &str) -> Result<String> {
    let parts = Lattice::compose("rpc-attacker-parts", &["calculator", "weather"])?;
    let file = one_provider("rpc-attacker", &component("rpc-attacker")?, &parts.join("transport.wasm"), role)?;
    match Lattice::up("rpc-attacker", &file, &["--deadline", "40"]) {
        Ok(_) => Ok("it serves".to_owned()),
        Err(error) => Ok(format!("{error:#}")),
    }
}
