//! `make bench-lattice`: the one file beside lattices of one and two hosts for providers. Writes its part of `bench/RESULTS.md`.

mod deployed;
mod report;
mod rounds;
mod router;
mod shape;

use std::path::Path;

use anyhow::ensure;

use crate::machine;
use crate::measure::Plan;
use crate::results::Results;
use crate::servers::{Places, Server};
use shape::SHAPES;

/// Starts every shape once, measures them by turns, writes what was seen.
pub(crate) async fn run(plan: &Plan, workspace: &Path, mut places: Places) -> anyhow::Result<()> {
    let pinned = "nothing: servers and load share all cores";
    let mut notes = machine::describe(workspace, &["wasmtime", "hyper", "tokio"], pinned);
    notes.push(format!("Lattice: {}", machine::lattice_versions(workspace)));

    places.also.push(places.target.join("wasm32-unknown-unknown/component/calculator.wasm"));
    places.prepare(&[Server::Host, Server::Fresh])?;
    let mut running = Vec::new();
    for shape in SHAPES {
        eprintln!("starting: {}", shape.title());
        running.push(shape.start(workspace, &places).await?);
    }
    let seen = rounds::run(plan, &running).await?;
    drop(running);

    notes.push(format!("Others on this machine used {:.2} cores while it was measured", seen.others));
    let text = report::write(&notes, plan, &seen.rows)?;
    println!("{text}");
    Results::of(workspace).write_lattice(&text)?;
    let errors = seen.errors();
    ensure!(errors == 0, "{errors} answers were wrong or missing");
    Ok(())
}
