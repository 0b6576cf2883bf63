//! Brings a lattice up, and down again.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;
use tokio::signal::unix::{SignalKind, signal};

use crate::credentials::{Issuer, Role};
use crate::gaps;
use crate::inventory::{Host, Inventory};
use crate::lattice::Lattice;
use crate::manifest::Manifest;
use crate::model::Application;
use crate::private;
use crate::process::{Kind, Process};
use crate::reach::Reach;
use crate::start;
use crate::state::{Run, State};
use crate::tools::Tools;
use crate::validate;
use crate::yaml::Document;

/// How long a host has to finish what it does.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is wanted of a lattice.
pub struct Wanted {
    /// What is deployed.
    pub manifest: PathBuf,
    /// How many hosts for providers, if the manifest tells hosts apart.
    pub hosts: u16,
    /// The port of the HTTP server: a free one if 0; the manifest's, or a free one if that is taken, if none.
    pub port: Option<u16>,
    /// Registries to which hosts may speak without TLS.
    pub insecure_registries: Vec<String>,
    /// Where the programs are; downloaded if none.
    pub tools: Option<PathBuf>,
    /// How long it may take until the application serves.
    pub deadline: Duration,
}

/// Starts all and waits until the application serves. What was started is stopped again if anything fails or somebody interrupts.
pub async fn up(run: &Run, wanted: &Wanted) -> Result<State> {
    let _lock = run.lock()?;
    if let Some(old) = run.load()?
        && old.processes.iter().any(|process| process.is_running())
    {
        let url = old.url.as_deref().unwrap_or("not yet serving");
        bail!("a lattice is up already ({url}): stop it first, `make down`");
    }
    run.clear()?;
    validate::require(&wanted.manifest).await?;
    let tools = match &wanted.tools {
        Some(folder) => Tools::of(folder)?,
        None => Tools::download(&run.path("tools")).await?,
    };
    let mut manifest = Manifest::load(&wanted.manifest).await?;
    if let Some(port) = other_port(manifest.address()?, wanted.port)? {
        manifest.set_port(port)?;
    }
    run.clear_logs()?;
    run.create()?;
    let interrupted = on_interrupt()?;
    let done = start_and_deploy(run, wanted, &tools, &manifest, &interrupted).await;
    if let Err(error) = &done {
        stop_all(run).await.with_context(|| format!("{error:#}; and then what was started did not stop"))?;
    }
    done
}

/// Stops what `up` started, and forgets it. Returns how many processes there were.
pub async fn down(run: &Run) -> Result<usize> {
    let _lock = run.lock()?;
    stop_all(run).await
}

/// Starts one more host for providers, or for the transport, and waits until it takes part: what is to run on every host like it runs.
pub async fn add_host(run: &Run, kind: Kind, patience: Duration) -> Result<String> {
    let _lock = run.lock()?;
    let mut state = running(run)?;
    state.processes.retain(|process| process.is_running());
    let tools = Tools::of(&state.tools)?;
    let issuer = Issuer::load(&run.credentials().join("account.seed"))?;
    let lattice = state.connect().await?;
    // As it is now, which may be another than was deployed at first.
    let manifest = lattice.manifest(state.application.as_deref().context("no application is deployed")?).await?;
    let name = state.new_name(kind);
    run.save(&state)?;
    let host = start::host(run, &tools, &state, &issuer, kind, &name, &Reach::of_providers(&manifest)).await?;
    state.processes.push(host.clone());
    run.save(&state)?;
    if let Err(error) = takes_part(&lattice, &manifest, &host, patience).await {
        host.stop(PATIENCE).await?;
        state.processes.retain(|process| process.name != name);
        run.save(&state)?;
        return Err(error);
    }
    Ok(name)
}

async fn takes_part(
    lattice: &Lattice,
    manifest: &wadm_types::Manifest,
    host: &Process,
    patience: Duration,
) -> Result<()> {
    let deadline = Instant::now() + patience;
    loop {
        // Who cannot be asked now may answer later.
        let missing = lattice.hosts().await.map(|(hosts, _)| {
            let added = hosts.iter().find(|each| Some(each.host_id()) == host.host_id.as_deref()).map(Host::from);
            added.map(|added| gaps::lacking(manifest, &added))
        });
        let missing = match missing {
            Ok(Some(missing)) if missing.is_empty() => return Ok(()),
            Ok(Some(missing)) => format!("without {}", missing.join(", ")),
            Ok(None) => "it does not say what runs on it: perhaps it compiles just now".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        if !host.is_running() {
            bail!("{} has ended: see {}", host.name, host.log.display());
        }
        if Instant::now() > deadline {
            bail!(
                "{} does not take part after {} s ({missing}): see {}",
                host.name,
                patience.as_secs(),
                host.log.display()
            );
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Ends one host, with a signal.
pub async fn stop_host(run: &Run, name: &str, signal: Signal) -> Result<()> {
    let _lock = run.lock()?;
    let mut state = running(run)?;
    let Some(host) = state.process(name).filter(|process| process.kind.is_host()).cloned() else {
        let names: Vec<&str> = state.hosts().map(|host| host.name.as_str()).collect();
        bail!("there is no host `{name}`, only {}", names.join(", "));
    };
    host.signal(signal)?;
    if !host.ended_within(PATIENCE).await {
        bail!("{name} does not end: see {}", host.log.display());
    }
    state.processes.retain(|process| process.name != name);
    // Nobody is left who needs them.
    let _ = std::fs::remove_file(run.credentials().join(format!("{name}.creds")));
    run.save(&state)
}

/// What runs.
pub fn running(run: &Run) -> Result<State> {
    run.load()?.context("no lattice is up: start one, `make up`")
}

async fn start_and_deploy(
    run: &Run,
    wanted: &Wanted,
    tools: &Tools,
    manifest: &Manifest,
    interrupted: &AtomicBool,
) -> Result<State> {
    let deadline = Instant::now() + wanted.deadline;
    let text = manifest.text()?;
    let reach = Reach::of_providers(&serde_yaml::from_str(&text).context("the manifest is none of wadm's")?);
    let (issuer, trust) = Issuer::new()?;
    issuer.save(&run.credentials().join("account.seed"))?;
    let port = start::free_port()?;
    let driver_credentials =
        issuer.user("driver", Role::Driver, &Reach::default())?.save(&run.credentials(), "driver")?;
    let mut state = State {
        nats: format!("127.0.0.1:{port}"),
        application: None,
        url: None,
        driver_credentials,
        insecure_registries: wanted.insecure_registries.clone(),
        file_load: manifest.images().iter().any(|image| image.starts_with("file:")),
        tools: tools.folder().to_owned(),
        started: BTreeMap::new(),
        processes: Vec::new(),
    };
    // Kept after every start, so that whatever happens `down` knows.
    state.processes.push(start::nats(run, tools, port, &trust).await?);
    run.save(&state)?;
    let wadm_credentials = issuer.user("wadm", Role::Wadm, &Reach::default())?.save(&run.credentials(), "wadm")?;
    state.processes.push(start::wadm(run, tools, &state, &wadm_credentials)?);
    run.save(&state)?;
    for kind in hosts(&wanted.manifest, wanted.hosts)? {
        let name = state.new_name(kind);
        state.processes.push(start::host(run, tools, &state, &issuer, kind, &name, &reach).await?);
        run.save(&state)?;
    }
    let lattice = state.connect().await?;
    let all = state.hosts().count();
    until(deadline, &state, interrupted, "the hosts do not all answer", async || lattice.count_hosts().await == all)
        .await?;

    private::write(&run.path("manifest.yaml"), &text)?;
    until(deadline, &state, interrupted, "wadm does not answer", async || lattice.applications().await.is_ok()).await?;
    state.application = Some(lattice.deploy(&text).await?);
    state.url = Some(format!("http://{}/mcp", manifest.address()?));
    run.save(&state)?;
    serves(deadline, &state, interrupted, &lattice).await?;
    Ok(state)
}

/// The hosts that the manifest needs: of both kinds if it tells them apart, else one for everything.
fn hosts(manifest: &Path, providers: u16) -> Result<Vec<Kind>> {
    let text = std::fs::read_to_string(manifest).with_context(|| format!("cannot read {}", manifest.display()))?;
    let Ok(document) = Document::parse(&text) else { bail!("{} is not YAML", manifest.display()) };
    let providers = if Application::read(&document).wants_role("provider") { providers.max(1) } else { 0 };
    let providers = std::iter::repeat_n(Kind::ProviderHost, usize::from(providers));
    Ok(std::iter::once(Kind::EdgeHost).chain(providers).collect())
}

/// The port to take instead of the manifest's.
fn other_port(address: SocketAddr, wanted: Option<u16>) -> Result<Option<u16>> {
    match wanted {
        Some(0) => start::free_port().map(Some),
        Some(port) if start::is_free(SocketAddr::new(address.ip(), port)) => Ok(Some(port)),
        Some(port) => bail!("port {port} of {} is taken: name another, or 0 for any that is free", address.ip()),
        None if start::is_free(address) => Ok(None),
        None => start::free_port().map(Some),
    }
}

/// Waits until the application serves; if it does not, says what is missing.
async fn serves(deadline: Instant, state: &State, interrupted: &AtomicBool, lattice: &Lattice) -> Result<()> {
    loop {
        go_on(state, interrupted)?;
        // Who does not answer now may answer next time.
        let (gaps, application) = match Inventory::take(lattice, state.into()).await {
            Ok(inventory) if inventory.gaps.is_empty() => return Ok(()),
            Ok(inventory) => (inventory.gaps, inventory.application),
            Err(error) => (vec![format!("{error:#}")], None),
        };
        if Instant::now() > deadline {
            let wadm =
                application.map(|application| format!("wadm says `{}` {}", application.status, application.message));
            let said: Vec<String> = gaps.into_iter().chain(wadm).chain(refused(state)).collect();
            bail!("the application does not serve in time:\n  {}", said.join("\n  "));
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

/// What NATS would not let somebody do, which nobody else says.
fn refused(state: &State) -> Option<String> {
    let log = std::fs::read_to_string(&state.process("nats")?.log).ok()?;
    let last = log.lines().rev().find(|line| line.contains("Violation"))?;
    Some(format!("NATS refused something: {last}"))
}

async fn until(
    deadline: Instant,
    state: &State,
    interrupted: &AtomicBool,
    otherwise: &str,
    mut done: impl AsyncFnMut() -> bool,
) -> Result<()> {
    while !done().await {
        go_on(state, interrupted)?;
        if Instant::now() > deadline {
            let logs: Vec<String> = state.processes.iter().map(|process| process.log.display().to_string()).collect();
            bail!("{otherwise}: see {}", logs.join(", "));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// A process may not be left half noted, so that an interruption takes effect where something is waited for.
fn on_interrupt() -> Result<Arc<AtomicBool>> {
    let interrupted = Arc::new(AtomicBool::new(false));
    for kind in [SignalKind::interrupt(), SignalKind::terminate()] {
        let mut signals = signal(kind).context("signals cannot be heard")?;
        let interrupted = Arc::clone(&interrupted);
        tokio::spawn(async move {
            signals.recv().await;
            interrupted.store(true, Ordering::Relaxed);
        });
    }
    Ok(interrupted)
}

fn go_on(state: &State, interrupted: &AtomicBool) -> Result<()> {
    if interrupted.load(Ordering::Relaxed) {
        bail!("interrupted");
    }
    match state.processes.iter().find(|process| !process.is_running()) {
        None => Ok(()),
        Some(ended) => {
            let log = std::fs::read_to_string(&ended.log).unwrap_or_default();
            let last = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
            bail!("{} has ended: {last} (all of it: {})", ended.name, ended.log.display())
        }
    }
}

/// In the opposite order of the start: hosts say goodbye while there is somebody to hear it.
async fn stop_all(run: &Run) -> Result<usize> {
    let Some(state) = run.load()? else {
        // It may have come as far as the keys.
        run.clear()?;
        return Ok(0);
    };
    let mut stopped = 0;
    let hosts: Vec<_> = state.hosts().filter(|host| host.is_running()).collect();
    for host in &hosts {
        host.signal(Signal::TERM)?;
    }
    for host in hosts {
        host.stop(PATIENCE).await?;
        stopped += 1;
    }
    for process in state.processes.iter().rev().filter(|process| process.is_running()) {
        process.stop(PATIENCE).await?;
        stopped += 1;
    }
    run.clear()?;
    Ok(stopped)
}
