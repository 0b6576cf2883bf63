//! wadm: all of it is in the library, the options too.

use anyhow::{Context as _, bail};
use clap::Parser as _;
use wadm::config::WadmConfig;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut parts = wadm::start_wadm(WadmConfig::parse()).await?;
    // They run for ever, and none can do without the others.
    parts.join_next().await.context("wadm has nothing to do")??.context("a part of wadm failed")?;
    bail!("a part of wadm ended")
}
