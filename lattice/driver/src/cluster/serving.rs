//! Waiting until the application of a lattice serves completely.

use std::time::Duration;

use anyhow::{Result, bail};

use super::diagnose;
use super::inventory::Inventory;
use crate::nats::client::LatticeClient;
use crate::process::run_dir::State;
use crate::process::wait::Wait;

/// Waits until nothing is missing. The error after the deadline lists what is.
pub(crate) async fn wait_until_serving(wait: &Wait, state: &State, client: &LatticeClient) -> Result<()> {
    loop {
        wait.check_alive(state)?;
        // A query that fails now may succeed the next time.
        let (missing, application) = match Inventory::take(client, state.into()).await {
            Ok(inventory) if inventory.missing.is_empty() => return Ok(()),
            Ok(inventory) => (inventory.missing, inventory.application),
            Err(error) => (vec![format!("{error:#}")], None),
        };
        if wait.is_over() {
            let wadm =
                application.map(|application| format!("wadm reports `{}` {}", application.status, application.message));
            let reasons: Vec<String> = missing.into_iter().chain(wadm).chain(diagnose::last_violation(state)).collect();
            bail!("the application does not serve in time:\n  {}", reasons.join("\n  "));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
