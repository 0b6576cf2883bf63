//! `wasmcp filler`: writes a component that fills interfaces, for users of `wac`.

use std::path::PathBuf;

use super::write_file::write_file;
use crate::compose::ConstComponent;
use crate::log::report;

/// Writes a component whose functions answer that they are not offered, to plug with `wac` where a provider or a host lacks an interface
#[derive(clap::Args)]
pub(crate) struct Filler {
    /// Interfaces of the contract, or `catalogue` and `authorization`, which tell a transport that there is no snapshot of providers and no policy: `tools`, `wasmcp:mcp/tools@0.1.0`
    #[arg(required = true, value_name = "INTERFACE")]
    interfaces: Vec<String>,
    /// The file to write
    #[arg(short, long, value_name = "FILE", default_value = "filler.wasm")]
    output: PathBuf,
}

impl Filler {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        let mut filler = ConstComponent::new()?;
        for interface in &self.interfaces {
            filler.fill(interface)?;
        }
        let component = filler.encode()?.unwrap_or_default();
        write_file(&self.output, &component)?;
        report(&format!("wasmcp: wrote `{}`, which fills {}", self.output.display(), self.interfaces.join(", ")));
        Ok(())
    }
}
