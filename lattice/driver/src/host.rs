//! Single hosts of a lattice that is up: one more, and one less.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::Signal;

use crate::credentials::Issuer;
use crate::inventory::{Host, NO_APPLICATION};
use crate::lattice::Lattice;
use crate::missing;
use crate::process::{Kind, Process};
use crate::reach::Reach;
use crate::start;
use crate::state::{Run, State};
use crate::tools::Tools;
use crate::wait::Wait;
use crate::wanted::Timeouts;

/// Starts one more host for providers, or for the transport, and waits until it takes part: what is to run on every host like it runs.
pub async fn add(run: &Run, kind: Kind, patience: Duration) -> Result<String> {
    let _lock = run.lock()?;
    let mut state = run.running()?;
    let ended: Vec<_> = state.hosts().filter(|host| !host.is_running()).map(|host| host.name.clone()).collect();
    ended.iter().for_each(|name| forget(run, &mut state, name));
    run.save(&state)?;
    if let (Kind::EdgeHost, Some(edge)) = (kind, state.hosts().find(|host| host.kind == Kind::EdgeHost)) {
        bail!(
            "{name} listens where this one would: stop it first, `wasmcp-lattice host stop {name}`",
            name = edge.name
        );
    }
    let tools = Tools::of(&state.tools)?;
    let issuer = Issuer::load(&run.credentials().join("account.seed"))?;
    let lattice = state.connect().await?;
    // As it is now, which may be another than was deployed at first.
    let manifest = lattice.manifest(state.application.as_deref().context(NO_APPLICATION)?).await?;
    let name = state.new_name(kind);
    state.timeouts = Timeouts::of(&manifest);
    run.save(&state)?;
    // From here on an interruption is heard, and the host is stopped again.
    let wait = Wait::new(patience)?;
    let host = start::host(run, &tools, &state, &issuer, kind, &name, &Reach::of_providers(&manifest)).await?;
    state.processes.push(host.clone());
    run.save(&state)?;
    if let Err(error) = takes_part(&lattice, &manifest, &host, &wait).await {
        host.stop(Process::PATIENCE).await?;
        forget(run, &mut state, &name);
        run.save(&state)?;
        return Err(error);
    }
    Ok(name)
}

async fn takes_part(lattice: &Lattice, manifest: &wadm_types::Manifest, host: &Process, wait: &Wait) -> Result<()> {
    loop {
        wait.heard_nothing()?;
        // Who cannot be asked now may answer later.
        let missing = lattice.hosts().await.map(|(hosts, _)| {
            let added = hosts.iter().find(|each| Some(each.host_id()) == host.host_id.as_deref()).map(Host::from);
            added.map(|added| missing::lacking(manifest, &added))
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
        if wait.is_over() {
            bail!("{} does not take part in time ({missing}): see {}", host.name, host.log.display());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// Ends one host, with a signal.
pub async fn stop(run: &Run, name: &str, signal: Signal) -> Result<()> {
    let _lock = run.lock()?;
    let mut state = run.running()?;
    let Some(host) = state.process(name).filter(|process| process.kind.is_host()).cloned() else {
        let names: Vec<&str> = state.hosts().map(|host| host.name.as_str()).collect();
        bail!("there is no host `{name}`, only {}", names.join(", "));
    };
    host.signal(signal)?;
    if !host.ended_within(Process::PATIENCE).await {
        let hint = if signal == Signal::KILL { "" } else { ", which `--signal kill` would make it" };
        bail!("{name} does not end{hint}: see {}", host.log.display());
    }
    forget(run, &mut state, name);
    run.save(&state)
}

/// Of a host that is gone, with its credentials, which nobody needs any more.
fn forget(run: &Run, state: &mut State, name: &str) {
    state.processes.retain(|process| process.name != name);
    let _ = std::fs::remove_file(run.credentials().join(format!("{name}.creds")));
}
