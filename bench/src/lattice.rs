//! `make bench-lattice`: compares the composed file with lattices of one and two hosts for providers, and the lattice with itself where it asks
//! for tokens, and writes the lattice's part of `bench/RESULTS.md`.

mod deployment;
mod driver;
mod manifest;
mod report;
mod rounds;
mod router;

use std::path::Path;

use anyhow::ensure;

use crate::machine;
use crate::measure::Plan;
use crate::print_result;
use crate::results::{Part, Results};
use crate::servers::{Places, Server};
use crate::tokens;
use crate::upstream::KeyServer;
use deployment::{DEPLOYMENTS, Starter};

/// Starts every deployment once, measures them in turn, and writes the results.
pub(crate) async fn run(plan: &Plan, workspace: &Path, mut places: Places) -> anyhow::Result<()> {
    let pinned = "nothing: servers and load share all cores";
    let mut notes = machine::describe(workspace, &["wasmtime", "hyper", "tokio"], pinned);
    notes.push(format!("Lattice: {}", machine::lattice_versions(workspace)));

    places.also.push(places.calculator());
    places.prepare(&[Server::Host, Server::Fresh])?;
    let (secured_parts, keys) = (places.compose_secured_lattice()?, KeyServer::start(tokens::keys())?);
    let starter = Starter { workspace, places: &places, secured_parts: &secured_parts, keys: &keys };
    let mut running = Vec::new();
    for deployment in DEPLOYMENTS {
        tell!("starting: {}", deployment.title());
        running.push(deployment.start(&starter, &running).await?);
    }
    let results = rounds::run(plan, &running).await?;
    drop(running);

    notes.push(format!(
        "The issuer of the lattice with a store was asked for its keys {} times in all",
        keys.requests()
    ));
    notes.push(format!("Other processes of this machine used {:.2} cores during the measurements", results.others));
    let text = report::write(&notes, plan, &results.rows)?;
    print_result(&text);
    Results::of(workspace).write(Part::Lattice, &text)?;
    let errors = results.errors();
    ensure!(errors == 0, "{errors} answers were wrong or missing");
    Ok(())
}
