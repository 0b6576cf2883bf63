//! `wasmcp compose`.

/// Makes one file of a server and its providers.
#[derive(clap::Args)]
pub(crate) struct Compose {}

impl Compose {
    /// Runs the command.
    pub(crate) fn run(self) -> anyhow::Result<()> {
        anyhow::bail!("not there yet")
    }
}
