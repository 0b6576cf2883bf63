//! `make bench` compares our servers with native ones, on this machine, in one run. `make bench-lattice` compares the composed file
//! with lattices. `make bench-neighbours` measures what hostile providers and clients cost their neighbour. `make bench-languages` compares
//! providers in five languages with servers of the official SDKs. All write `bench/RESULTS.md`.

/// Prints a line to standard error. A full disk or a closed pipe ends no measurement.
macro_rules! tell {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod connection;
mod languages;
mod lattice;
mod load;
mod machine;
mod measure;
mod neighbours;
mod process;
mod report;
mod requests;
mod results;
mod servers;
mod start;
mod table;
mod tokens;
mod upstream;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use clap::{Parser, Subcommand, ValueEnum};
use tokio::runtime::Runtime;
use wasmcp_bench::stats;

use measure::Plan;
use results::{Part, Results};
use servers::{Places, Server};

#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// Takes about two minutes instead of a quarter of an hour.
    #[arg(long, global = true)]
    quick: bool,
    /// The number of rounds.
    #[arg(long, global = true)]
    rounds: Option<usize>,
    /// Measures only these servers, and writes no file.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Server>,
    /// The target directory in which `wasmcp`, `wasmtime` and the components were built.
    #[arg(long, global = true)]
    target: Option<PathBuf>,
}

#[derive(Subcommand)]
enum What {
    /// Compares the composed file with lattices of one and two hosts, after `make build lattice driver`.
    Lattice,
    /// Measures calls beside hostile providers and clients, after `make build test-components`.
    Neighbours,
    /// Compares the example of each language with servers of the official SDKs, after `make examples`.
    Languages {
        /// Leaves out how long `wasmcp build` takes, which needs the tools of every language.
        #[arg(long)]
        without_builds: bool,
    },
}

/// Prints a result, which is written to a file besides.
fn print_result(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("the package has no workspace")?;
    let peers = std::env::current_exe()?.parent().context("the program has no directory")?.to_owned();
    let target = args.target.clone().unwrap_or_else(|| peers.join(".."));
    let profile = peers.file_name().and_then(|name| name.to_str()).context("the program has no profile")?.to_owned();
    let places = Places { peers, target, profile, upstream: ([127, 0, 0, 1], 0).into(), also: Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match args.what {
        None => compare(&args, workspace, places, &runtime),
        Some(What::Lattice) => {
            build_peers(workspace, &places.profile, &[Server::Fresh])?;
            let plan = args.lattice_plan();
            runtime.block_on(until_interrupted(lattice::run(&plan, workspace, places)))
        }
        Some(What::Neighbours) => {
            ensure!(args.target.is_none(), "`neighbours` takes what was built beside it: leave `--target` out");
            neighbours::run(&args.neighbours_plan(), workspace, &runtime)
        }
        Some(What::Languages { without_builds }) => {
            let places = languages::Places::new(workspace, &places)?;
            languages::run(&args.languages_plan(), places, without_builds, &runtime)
        }
    }
}

/// Processes in the background are stopped when they are dropped, which does not happen if a signal ends this process.
async fn until_interrupted<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => anyhow::bail!("interrupted"),
        done = work => done,
    }
}

/// Compares our servers with native ones.
fn compare(args: &Args, workspace: &Path, mut places: Places, runtime: &Runtime) -> anyhow::Result<()> {
    let servers = if args.only.is_empty() { Server::value_variants().to_vec() } else { args.only.clone() };
    build_peers(workspace, &places.profile, &servers)?;

    let (load_core, server_core) = process::two_cores()?;
    let pinned = format!("server on core {server_core}; load and upstream on core {load_core}");
    let packages = ["axum", "rmcp", "hyper", "tokio", "wasmtime", "jsonwebtoken", "ring", "regorus"];
    let machine = machine::describe(workspace, &packages, &pinned);
    let decisions = if args.only.is_empty() { decisions(&places.peers)? } else { String::new() };
    process::pin(load_core)?;

    places.upstream = upstream::start(load_core)?;
    places.prepare(&servers)?;
    let plan = args.plan();
    let seen = runtime.block_on(measure::run(&plan, &servers, &places, server_core))?;
    let rows: Vec<_> = servers.into_iter().zip(seen).collect();

    let text = report::write(&machine, &plan, &rows, &decisions)?;
    print_result(&text);
    if args.only.is_empty() {
        Results::of(workspace).write(Part::Main, &text)?;
    }
    let errors: u64 = rows.iter().flat_map(|(_, seen)| seen.samples.values().flatten()).map(|s| s.errors).sum();
    ensure!(errors == 0, "{errors} answers were wrong or missing");
    Ok(())
}

/// The table of what decisions of policies cost, which a program of its own measures.
fn decisions(programs: &Path) -> anyhow::Result<String> {
    let output = Command::new(programs.join("decisions")).output().context("cannot start `decisions`")?;
    ensure!(output.status.success(), "`decisions` failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8(output.stdout)?)
}

impl Args {
    fn plan(&self) -> Plan {
        let (rounds, echo, weather) = if self.quick { (3, 600, 400) } else { (6, 2000, 1000) };
        Plan {
            rounds: self.rounds.unwrap_or(rounds),
            warm_up: Duration::from_millis(if self.quick { 150 } else { 300 }),
            echo: Duration::from_millis(echo),
            weather: Duration::from_millis(weather),
        }
    }

    /// Each measurement is longer, as CPU time is read to 10 ms. Nothing is measured of `get_weather`.
    fn lattice_plan(&self) -> Plan {
        let (rounds, echo) = if self.quick { (2, 1000) } else { (5, 2500) };
        Plan {
            rounds: self.rounds.unwrap_or(rounds),
            warm_up: Duration::from_millis(if self.quick { 300 } else { 500 }),
            echo: Duration::from_millis(echo),
            weather: Duration::ZERO,
        }
    }

    /// Each measurement is longer than in `compare`, as some calls take milliseconds. Nothing is measured of `get_weather`.
    fn languages_plan(&self) -> Plan {
        let (rounds, echo) = if self.quick { (2, 800) } else { (6, 3000) };
        Plan {
            rounds: self.rounds.unwrap_or(rounds),
            warm_up: Duration::from_millis(if self.quick { 300 } else { 500 }),
            echo: Duration::from_millis(echo),
            weather: Duration::ZERO,
        }
    }

    /// Each measurement beside a load has one alone. Nothing is measured of `echo` and `get_weather`; the time is that of `add`.
    fn neighbours_plan(&self) -> Plan {
        let (rounds, time) = if self.quick { (2, 400) } else { (6, 1000) };
        Plan {
            rounds: self.rounds.unwrap_or(rounds),
            warm_up: Duration::from_millis(if self.quick { 150 } else { 300 }),
            echo: Duration::from_millis(time),
            weather: Duration::ZERO,
        }
    }
}

/// `cargo run` builds only this program. Servers are built with the same profile, so that their ratios are fair. The native servers are programs of the same package; the reference `wasmtime` is one
/// of the tests, and built with the default members, as they are, so that it has the features that they have.
fn build_peers(workspace: &Path, profile: &str, servers: &[Server]) -> anyhow::Result<()> {
    let Some(cargo) = std::env::var_os("CARGO") else { return Ok(()) };
    let build = |what: &[&str]| {
        let mut command = Command::new(&cargo);
        command.current_dir(workspace).args(["build", "--locked", "--quiet", "--profile", profile]).args(what);
        let status = command.status().context("cannot start `cargo`")?;
        ensure!(status.success(), "`cargo build {}` failed", what.join(" "));
        Ok(())
    };
    if servers.iter().any(|server| server.is_native()) {
        build(&["-p", "wasmcp-bench", "--bins"])?;
    }
    match servers.iter().any(|server| server.under_wasmtime()) {
        true => build(&["--bin", "wasmtime"]),
        false => Ok(()),
    }
}
