//! Tests on real lattices: unmodified wasmCloud hosts, NATS, wadm, wash and a registry, all on this machine. They run one after the other, as
//! the hosts share the machine's cores.

mod authorization;
mod canary;
mod conversations;
mod deployment;
mod hosts;
mod images;
mod interrupted;
mod languages;
mod losses;
mod outcomes;
mod policy;
mod rpc_attacker;
mod state;
mod wash;

use std::path::{Path, PathBuf};
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
    trials.push(Trial::test(rpc_attacker::NAME, || rpc_attacker::refused().map_err(Failed::from)));
    for (name, test) in conversations::TESTS {
        trials.push(Trial::test(name, move || test().map_err(Failed::from)));
    }
    trials.push(Trial::test("a wrong manifest starts no process, and the error has line and reason", || {
        refused_before_anything_starts().map_err(Failed::from)
    }));
    trials.push(Trial::test(interrupted::NAME, || interrupted::leaves_nothing().map_err(Failed::from)));
    trials.push(Trial::test(state::NAME, || state::kept().map_err(Failed::from)));
    trials.push(Trial::test(authorization::NAME, || authorization::asked_for().map_err(Failed::from)));
    trials.push(Trial::test(languages::NAME, || languages::served().map_err(Failed::from)));
    trials.push(Trial::test(outcomes::NAME, || outcomes::judged().map_err(Failed::from)));
    trials.push(Trial::test(images::NAME, || images::deployed_by_digest().map_err(Failed::from)));
    let lattices = libtest_mimic::run(&arguments, trials);
    let hosts = on_hosts(&arguments, upstream.url())?;
    Ok(if lattices.has_failed() { lattices.exit_code() } else { hosts })
}

/// Runs the tests that need one edge host and two hosts for providers.
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
    Ok(conclusion.exit_code())
}

/// The transport's link to a provider, as in `wadm.hosts.yaml`.
const LINK: &str = "        - type: link
          properties:
            name: weather
            namespace: wasmcp
            package: mcp
            interfaces: [provider, tools, resources, prompts, completion, changes]
            target:
              name: weather
";

/// The setting with the names of the providers, in `wadm.hosts.yaml`.
const PROVIDERS: &str = "router.providers: calculator,weather";

/// Short timeouts, so that failures of calls show soon.
const TIMES: &str = "              router.retry-after-ms: \"1000\"
              transport.call-timeout-ms: \"8000\"";

/// Starts `wadm.hosts.yaml` with two more providers, on two hosts for providers, with the local stand-in for the weather service.
fn two_hosts(upstream: &str, counter: &Counter) -> Result<Lattice> {
    let parts = Lattice::compose("parts", &["calculator", "weather", "hostile", "run-counter"])?;
    let parts_of = format!("file://{}/", parts.display());
    let weather = format!("weather.geocoding-url: {upstream}\n              weather.forecast-url: {upstream}");
    let links = [LINK.to_owned(), LINK.replace("weather", "hostile"), LINK.replace("weather", "run-counter")].concat();
    let manifest = rewritten(
        include_str!("../../../wadm.hosts.yaml"),
        &[
            ("file://./target/lattice/", &parts_of),
            (PROVIDERS, &format!("{PROVIDERS},hostile,run-counter\n{TIMES}")),
            (LINK, &links),
            ("weather.timeout-ms: \"5000\"", &weather),
        ],
    )?;
    let more = include_str!("../../lattice/more.yaml")
        .replace("{parts}", &parts.display().to_string())
        .replace("{counter}", &counter.url());
    let manifest = manifest + &more;
    let file = scratch("hosts.yaml")?;
    std::fs::write(&file, manifest)?;
    Lattice::up("hosts", &file, &["--hosts", "2", "--deadline", DEADLINE])
}

fn refused_before_anything_starts() -> Result<()> {
    let wrong = rewritten(
        include_str!("../../../wadm.hosts.yaml"),
        &[("interfaces: [incoming-handler]", "interfaces: incoming-handler")],
    )?;
    let before = wrong.split("incoming-handler").next().unwrap_or_default();
    let (line, column) = (before.lines().count(), before.lines().last().unwrap_or_default().len() + 1);
    let file = scratch("wrong.yaml")?;
    std::fs::write(&file, wrong)?;
    let run = scratch("wrong")?;
    let error = match Lattice::up("wrong", &file, &[]) {
        Ok(_) => anyhow::bail!("it serves"),
        Err(error) => format!("{error:#}"),
    };
    let expected = format!("wrong.yaml:{line}:{column}: error: a link needs `interfaces`");
    anyhow::ensure!(error.contains(&expected), "{expected} is not in {error}");
    anyhow::ensure!(!run.join("state.json").exists(), "something was started: {error}");
    Ok(())
}

/// Writes the manifest of a lattice with this provider alone, on hosts of one role.
fn one_provider(name: &str, file: &Path, transport: &Path, role: &str) -> Result<PathBuf> {
    let manifest = include_str!("../../lattice/one.yaml")
        .replace("{provider}", name)
        .replace("{file}", &file.display().to_string())
        .replace("{transport}", &transport.display().to_string())
        .replace("{role}", role);
    let written = scratch(&format!("{name}.yaml"))?;
    std::fs::write(&written, manifest)?;
    Ok(written)
}

/// Replaces texts in a text. Each text to replace must be in it.
pub(crate) fn rewritten(text: &str, replaced: &[(&str, &str)]) -> Result<String> {
    replaced.iter().try_fold(text.to_owned(), |text, (from, to)| {
        anyhow::ensure!(text.contains(from), "no `{from}` in:\n{text}");
        Ok(text.replace(from, to))
    })
}
