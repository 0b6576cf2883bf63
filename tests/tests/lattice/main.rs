//! On real lattices: stock wasmCloud hosts, NATS, wadm, wash and a registry, all on this machine. One thing after the other, as the
//! hosts have the machine's cores to share.

mod forger;
mod hosts;
mod images;
mod losses;
mod wash;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use libtest_mimic::{Arguments, Failed, Trial};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Counter, Lattice, scratch};

/// How long hosts may take to compile what they run, in seconds, on a machine that is busy.
pub(crate) const DEADLINE: &str = "400";

fn main() -> Result<ExitCode> {
    let mut arguments = Arguments::from_args();
    arguments.test_threads = Some(1);
    let runtime = tokio::runtime::Runtime::new()?;
    let upstream = runtime.block_on(Upstream::start(Options::default()))?;

    let weather = Arc::new(upstream.url().to_owned());
    let mut trials = Vec::new();
    for (name, test) in wash::TESTS {
        let weather = Arc::clone(&weather);
        trials.push(Trial::test(*name, move || test(&weather).map_err(Failed::from)));
    }
    trials.push(Trial::test(forger::NAME, || forger::refused().map_err(Failed::from)));
    trials.push(Trial::test(images::NAME, || images::deployed_by_digest().map_err(Failed::from)));
    let lattices = libtest_mimic::run(&arguments, trials);
    let hosts = on_hosts(&arguments, upstream.url())?;
    Ok(if lattices.has_failed() { lattices.exit_code() } else { hosts })
}

/// What is tried on one edge host and two hosts for providers.
fn on_hosts(arguments: &Arguments, upstream: &str) -> Result<ExitCode> {
    let counter = Arc::new(Counter::start()?);
    let lattice = match arguments.list {
        true => None,
        false => Some(Arc::new(two_hosts(upstream, &counter)?)),
    };
    let mut trials = Vec::new();
    for (name, test) in hosts::TESTS.iter().chain(losses::TESTS) {
        let (lattice, counter) = (lattice.clone(), Arc::clone(&counter));
        trials.push(Trial::test(*name, move || {
            let lattice = lattice.ok_or("no lattice was started")?;
            test(&lattice, &counter).map_err(Failed::from)
        }));
    }
    let conclusion = libtest_mimic::run(arguments, trials);
    let processes = lattice.as_ref().map(|lattice| lattice.processes()).transpose()?.unwrap_or_default();
    drop(lattice);
    let left: Vec<_> = processes.iter().filter(|process| is_alive(process.pid)).collect();
    anyhow::ensure!(left.is_empty(), "processes are left: {left:?}");
    Ok(conclusion.exit_code())
}

fn two_hosts(upstream: &str, counter: &Counter) -> Result<Lattice> {
    let parts = Lattice::compose("parts", &["calculator", "weather", "hostile", "counting"])?;
    let template = include_str!("../../lattice/hosts.yaml");
    let manifest = template
        .replace("{parts}", &parts.display().to_string())
        .replace("{upstream}", upstream)
        .replace("{counter}", &counter.url());
    let file = scratch("hosts.yaml")?;
    std::fs::write(&file, manifest)?;
    Lattice::up("hosts", &file, &["--hosts", "2", "--deadline", DEADLINE])
}

/// A process that has ended may wait for its parent to notice.
fn is_alive(pid: u64) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat"));
    stat.is_ok_and(|stat| !stat.rsplit(')').next().unwrap_or_default().trim_start().starts_with('Z'))
}
