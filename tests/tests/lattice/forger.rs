//! A provider that asks for `wrpc:rpc/invoker`, by which it could call any component with bytes of its own.

use anyhow::{Result, ensure};
use wasmcp_tests::{Lattice, component, scratch};

pub(crate) const NAME: &str =
    "hosts: a provider that wants to call others by hand gets nothing on a host for providers";

/// What the provider says where it has the invoker.
const FORGED: &str = "the invoker is there";

pub(crate) fn refused() -> Result<()> {
    // That a host of the other kind has it shows that the provider would use it.
    let said = up("edge")?;
    ensure!(said.contains(FORGED), "on an edge host: {said}");
    let said = up("provider")?;
    ensure!(said.contains("forger") && !said.contains(FORGED), "on a host for providers: {said}");
    Ok(())
}

/// Why a lattice does not serve whose only provider is this one, on hosts of a kind.
fn up(role: &str) -> Result<String> {
    let parts = Lattice::compose("forger-parts", &["calculator", "weather"])?;
    let manifest = include_str!("../../lattice/forger.yaml")
        .replace("{parts}", &parts.display().to_string())
        .replace("{forger}", &component("forger")?.display().to_string())
        .replace("{role}", role);
    let file = scratch("forger.yaml")?;
    std::fs::write(&file, manifest)?;
    match Lattice::up("forger", &file, &["--deadline", "20"]) {
        Ok(_) => Ok("it serves".to_owned()),
        Err(error) => Ok(format!("{error:#}")),
    }
}
