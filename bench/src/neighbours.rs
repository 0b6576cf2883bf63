//! `make bench-neighbours`: measures the calls of a provider alone and beside each hostile load on the same `wasmcp serve`, and writes
//! that part of `bench/RESULTS.md`.

mod clients;
mod loads;
mod report;
mod rounds;

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, ensure};
use tokio::runtime::{Builder, Runtime};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Server, Setup, Shell};

use crate::machine;
use crate::measure::Plan;
use crate::results::{Part, Results};
use crate::{print_result, until_interrupted};

/// The limits of the hostile provider, so small that a load exceeds them many times in each measurement. The other providers have the
/// defaults. With 4 MiB a result can still be more than 16 MiB as JSON.
const LIMITS: [&str; 3] = ["--limit-time=hostile=500ms", "--limit-memory=hostile=64MiB", "--limit-result=hostile=4MiB"];

/// How long the weather provider waits for its upstream, in ms.
const UPSTREAM_TIMEOUT: &str = "500";

/// Starts the server, measures everything in turn, and writes the results.
pub(crate) fn run(plan: &Plan, workspace: &Path, runtime: &Runtime) -> anyhow::Result<()> {
    let mut notes =
        machine::describe(workspace, &["wasmtime", "hyper", "tokio"], "nothing: server and load share all cores");
    notes.push(format!("Server: `wasmcp serve calculator.wasm hostile.wasm weather.wasm {}`", LIMITS.join(" ")));
    // The upstream has a thread of its own: the thread that measures does nothing else.
    let beside = Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let upstream = beside.block_on(Upstream::start(Options::default()))?;
    runtime.block_on(until_interrupted(measure(plan, workspace, notes, &upstream)))
}

async fn measure(plan: &Plan, workspace: &Path, mut notes: Vec<String>, upstream: &Upstream) -> anyhow::Result<()> {
    let setup = Setup::of(&["calculator", "hostile", "weather"]).weather_of(upstream).flags(&LIMITS);
    let setup = setup.set("weather", "timeout-ms", UPSTREAM_TIMEOUT);
    // A file that keeps what the hostile provider prints would fill the disk.
    let server = Server::with_log(Shell::Native, &setup, Stdio::null())
        .context("cannot start the server: is everything built (`make build test-components`)?")?;
    let results = rounds::run(plan, &server).await?;
    drop(server);

    notes.push(format!("Other processes of this machine used {:.2} cores during the measurements", results.others));
    let text = report::write(&notes, plan, &results.rows)?;
    print_result(&text);
    let (errors, failures) = results.errors();
    ensure!(errors == 0, "{errors} answers to the neighbour were wrong or missing");
    ensure!(failures == 0, "{failures} requests of a load had another outcome than they must have");
    Results::of(workspace).write(Part::Neighbours, &text)
}
