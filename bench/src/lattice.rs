//! `make bench-lattice`: compares the composed file with lattices of one and two hosts for providers, and writes the lattice's part
//! of `bench/RESULTS.md`.

mod deployment;
mod driver;
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
use deployment::DEPLOYMENTS;

/// Starts every deployment once, measures them in turn, and writes the results.
pub(crate) async fn run(plan: &Plan, workspace: &Path, mut places: Places) -> anyhow::Result<()> {
    let pinned = "nothing: servers and load share all cores";
    let mut notes = machine::describe(workspace, &["wasmtime", "hyper", "tokio"], pinned);
    notes.push(format!("Lattice: {}", machine::lattice_versions(workspace)));

    places.also.push(places.target.join("wasm32-unknown-unknown/component/calculator.wasm"));
    places.prepare(&[Server::Host, Server::Fresh])?;
    let mut running = Vec::new();
    for deployment in DEPLOYMENTS {
        tell!("starting: {}", deployment.title());
        running.push(deployment.start(workspace, &places).await?);
    }
    let results = rounds::run(plan, &running).await?;
    drop(running);

    notes.push(format!("Other processes of this machine used {:.2} cores during the measurements", results.others));
    let text = report::write(&notes, plan, &results.rows)?;
    print_result(&text);
    Results::of(workspace).write(Part::Lattice, &text)?;
    let errors = results.errors();
    ensure!(errors == 0, "{errors} answers were wrong or missing");
    Ok(())
}
