//! `host add` and `host stop`: starts another host of a lattice that is up, or ends one.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;

use crate::cluster::inventory::NO_APPLICATION;
use crate::cluster::{Host, missing_components};
use crate::manifest::ast::Application;
use crate::nats::client::LatticeClient;
use crate::nats::credentials::Issuer;
use crate::nats::scope::Scope;
use crate::process::binaries::Binaries;
use crate::process::run_dir::{RunDir, State};
use crate::process::wait::Wait;
use crate::process::{Kind, Process, start};

/// Starts another host of that kind and waits until it is ready: every component that has to run on all such hosts runs on it.
/// Returns its name.
pub async fn add(run_dir: &RunDir, kind: Kind, timeout: Duration) -> Result<String> {
    let _lock = run_dir.lock()?;
    let mut state = run_dir.running()?;
    let ended: Vec<_> = state.hosts().filter(|host| !host.is_running()).map(|host| host.name.clone()).collect();
    ended.iter().for_each(|name| remove(run_dir, &mut state, name));
    run_dir.save(&state)?;
    if let (Kind::EdgeHost, Some(edge)) = (kind, state.hosts().find(|host| host.kind == Kind::EdgeHost)) {
        bail!(
            "{name} listens where this one would: stop it first, `wasmcp-lattice host stop {name}`",
            name = edge.name
        );
    }
    let binaries = Binaries::in_folder(&state.binaries)?;
    let issuer = Issuer::load(&run_dir.credentials().join("accounts.seed"))?;
    let client = state.connect().await?;
    // The manifest of now, which may differ from the one that `up` deployed.
    let manifest = client.manifest(state.application.as_deref().context(NO_APPLICATION)?).await?;
    let application = manifest.application();
    let name = state.next_host_name(kind);
    state.timeouts = application.timeouts();
    run_dir.save(&state)?;
    // From here on a signal does not end the driver at once: the host is stopped again first.
    let wait = Wait::new(timeout)?;
    let scope = Scope::of(&application);
    let host = start::host(run_dir, &binaries, &state, &issuer, kind, &name, &scope).await?;
    state.processes.push(host.clone());
    run_dir.save(&state)?;
    if let Err(error) = wait_until_ready(&client, &application, &host, &wait).await {
        host.stop(Process::STOP_TIMEOUT).await?;
        remove(run_dir, &mut state, &name);
        run_dir.save(&state)?;
        return Err(error);
    }
    Ok(name)
}

async fn wait_until_ready(
    client: &LatticeClient,
    application: &Application<'_>,
    host: &Process,
    wait: &Wait,
) -> Result<()> {
    loop {
        wait.check_interrupted()?;
        // A query that fails now may succeed the next time.
        let missing = client.hosts().await.map(|(hosts, _)| {
            let added = hosts.iter().find(|each| Some(each.host_id()) == host.host_id.as_deref()).map(Host::from);
            added.map(|added| missing_components(application, &added))
        });
        let missing = match missing {
            Ok(Some(missing)) if missing.is_empty() => return Ok(()),
            Ok(Some(missing)) => format!("without {}", missing.join(", ")),
            Ok(None) => "it does not report what runs on it: it may be compiling a component".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        if !host.is_running() {
            bail!("{} has ended: see {}", host.name, host.log.display());
        }
        if wait.is_over() {
            bail!("{} is not ready in time ({missing}): see {}", host.name, host.log.display());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Ends one host with a signal.
pub async fn stop(run_dir: &RunDir, name: &str, signal: Signal) -> Result<()> {
    let _lock = run_dir.lock()?;
    let mut state = run_dir.running()?;
    let Some(host) = state.process(name).filter(|process| process.kind.is_host()).cloned() else {
        let names: Vec<&str> = state.hosts().map(|host| host.name.as_str()).collect();
        bail!("there is no host `{name}`, only {}", names.join(", "));
    };
    host.signal(signal)?;
    if !host.ends_within(Process::STOP_TIMEOUT).await {
        let hint = if signal == Signal::KILL { "" } else { " (`--signal kill` forces it to)" };
        bail!("{name} does not end{hint}: see {}", host.log.display());
    }
    remove(run_dir, &mut state, name);
    run_dir.save(&state)
}

/// Removes a host that has ended from the state, with its credentials, which no process uses any more.
fn remove(run_dir: &RunDir, state: &mut State, name: &str) {
    state.processes.retain(|process| process.name != name);
    let _ = std::fs::remove_file(run_dir.credentials().join(format!("{name}.creds")));
}
