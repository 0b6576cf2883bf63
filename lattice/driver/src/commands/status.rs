//! `status`: reports what runs on a lattice and what is missing.

use std::path::PathBuf;

use anyhow::Result;

use super::print;
use crate::cluster::inventory::{Inventory, StatusQuery};
use crate::cluster::render;
use crate::nats::client::LatticeClient;
use crate::process::run_dir::RunDir;

/// A lattice that the driver has not started.
pub struct OtherLattice {
    /// Its NATS server, `ADDRESS:PORT`.
    pub nats: String,
    /// The credentials file for that server.
    pub credentials: Option<PathBuf>,
    /// The URL of its MCP server.
    pub url: String,
}

/// Prints the inventory, as JSON or as text. Returns whether nothing is missing.
pub async fn status(run_dir: &RunDir, other: Option<&OtherLattice>, as_json: bool) -> Result<bool> {
    let (client, application, url, processes) = match other {
        Some(other) => {
            let client = LatticeClient::connect(&other.nats, other.credentials.as_deref(), None).await?;
            let application = client.applications().await?.into_iter().next();
            (client, application, Some(other.url.clone()), Vec::new())
        }
        None => {
            let state = run_dir.running()?;
            let client = state.connect().await?;
            (client, state.application, state.url, state.processes)
        }
    };
    let query = StatusQuery { application: application.as_deref(), url: url.as_deref(), processes: &processes };
    let inventory = Inventory::take(&client, query).await?;
    match as_json {
        true => print(&serde_json::to_string_pretty(&inventory)?)?,
        false => print(render::text(&inventory, &processes).trim_end())?,
    }
    Ok(inventory.missing.is_empty())
}
