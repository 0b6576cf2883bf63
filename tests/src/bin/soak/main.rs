//! Mixed load on `wasmcp serve` for as long as an hour, with providers as components of their own and as one file at the same time: providers
//! that trap, hang and flood, clients that vanish, upstreams that never end or never read, and a log on a full disk. At the end every call must have
//! had its answer, and memory and descriptors of the servers must not have grown. Exits with 1 if that is not so.

mod clients;
mod kinds;
mod samples;
mod stalled_server;
mod verdict;

use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Parser;
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Request, Server, Setup, Shell, load};

use clients::Clients;
use samples::{Sample, Sampler};
use verdict::Verdict;

const PROVIDERS: [&str; 4] = ["calculator", "everything", "weather", "hostile"];

/// How long the servers may take after the load until their descriptors are closed.
const SETTLE: Duration = Duration::from_secs(120);

/// The calls at once before the load: some more than there are clients of the load.
const WARM_UP_CLIENTS: usize = 24;

#[derive(Parser)]
struct Arguments {
    /// How long to load the servers, in minutes.
    #[arg(long, default_value_t = 60.0)]
    minutes: f64,
    /// Where the servers write their log. Unless it is a device, the name of the server is added.
    #[arg(long, default_value = "/dev/full")]
    log: PathBuf,
}

fn main() -> Result<ExitCode> {
    let Arguments { minutes, log } = Arguments::parse();
    let runtime = tokio::runtime::Runtime::new()?;
    let upstream = runtime.block_on(Upstream::start(Options::default()))?;
    let stalled = stalled_server::start()?;
    let load_time = Duration::from_secs_f64(minutes * 60.0);

    let mut runs = Vec::new();
    for shell in [Shell::Native, Shell::Hosted] {
        let server = Server::with_log(shell, &setup(shell, &upstream, stalled), log_file(&log, shell)?)?;
        // What is opened once is open before the descriptors are counted.
        server.call("add", r#"{"a":1,"b":1}"#)?;
        let before = Sample::of(server.id())?;
        warm_up(&server);
        let sampler = Sampler::start(server.id(), before);
        let clients = Clients::start(shell, server.addr, stalled);
        runs.push((shell, server, sampler, clients));
    }
    println!("{} minutes of load on {} servers", minutes, runs.len());
    let end = Instant::now() + load_time;
    while Instant::now() < end && runs.iter().all(|(_, server, ..)| samples::resident_kib(server.id()).is_ok()) {
        std::thread::sleep(Duration::from_secs(1).min(end.saturating_duration_since(Instant::now())));
    }

    let mut verdict = Verdict::default();
    // All clients stop at once, so that neither server has the machine for itself.
    runs.iter().for_each(|(.., clients)| clients.stop());
    for (shell, server, sampler, clients) in runs {
        println!("\n{shell}:");
        verdict.of_clients(&clients.join());
        verdict.of_samples(sampler.stop(SETTLE));
        verdict.of_end(server.stop());
    }
    Ok(verdict.print())
}

fn setup(shell: Shell, upstream: &Upstream, stalled: SocketAddr) -> Setup {
    let setup = Setup::of(&PROVIDERS).weather_of(upstream).egress("hostile", &stalled.to_string()).set(
        "weather",
        "timeout-ms",
        "7000",
    );
    let setup = setup.serve_flags(&["--keep-alive", "5s", "--drain-timeout", "10s"]);
    match shell {
        Shell::Native => {
            setup.flags(&["--limit-time=hostile=500ms", "--limit-memory=hostile=64MiB", "--limit-result=hostile=1MiB"])
        }
        // One file has one limit of computing time and of memory.
        _ => setup.serve_flags(&["--limit-time=500ms", "--limit-memory=64MiB"]),
    }
}

/// Makes more calls at once than the clients will. An instance's memory stays with the pool when its call has ended, up to a limit, so that
/// memory grows until there have been as many calls at once as there will ever be. That is no leak, and could take the whole time.
fn warm_up(server: &Server) {
    let large = |number| match number % 2 {
        0 => Request::call("grow", "{}"),
        _ => Request::call("flood", r#"{"bytes":3000000}"#),
    };
    load(server.addr, WARM_UP_CLIENTS, 4 * WARM_UP_CLIENTS, large, |_| {});
}

fn log_file(path: &std::path::Path, shell: Shell) -> Result<File> {
    let path = if path.starts_with("/dev") { path.to_owned() } else { path.with_added_extension(shell.to_string()) };
    File::options()
        .write(true)
        .create(true)
        .truncate(!path.starts_with("/dev"))
        .open(&path)
        .with_context(|| format!("cannot write the log to `{}`", path.display()))
}
