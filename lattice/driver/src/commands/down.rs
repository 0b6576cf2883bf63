//! `down`: stops a lattice.

use anyhow::Result;

use crate::process::run_dir::RunDir;
use crate::process::stop::stop_all;

/// Stops exactly what `up` started and removes its keys and state. Returns how many processes were stopped.
pub async fn down(run_dir: &RunDir) -> Result<usize> {
    let _lock = run_dir.lock()?;
    stop_all(run_dir).await
}
