//! Brings a lattice up.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::credentials::{Issuer, Role};
use crate::down::stop_all;
use crate::manifest::Manifest;
use crate::model::Application;
use crate::private;
use crate::process::Kind;
use crate::reach::Reach;
use crate::start;
use crate::state::{Run, State};
use crate::tools::Tools;
use crate::validate;
use crate::wait::Wait;
use crate::wanted::Timeouts;
use crate::yaml::Document;

/// What is wanted of a lattice.
pub struct Options {
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
pub async fn up(run: &Run, wanted: &Options) -> Result<State> {
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
    let wait = Wait::new(wanted.deadline)?;
    let done = start_and_deploy(run, wanted, &tools, &manifest, &wait).await;
    if let Err(error) = &done {
        stop_all(run).await.with_context(|| format!("{error:#}; and then what was started did not stop"))?;
    }
    done
}

async fn start_and_deploy(
    run: &Run,
    wanted: &Options,
    tools: &Tools,
    manifest: &Manifest,
    wait: &Wait,
) -> Result<State> {
    let text = manifest.text()?;
    let parts = serde_yaml::from_str(&text).context("the manifest is none of wadm's")?;
    let (reach, timeouts) = (Reach::of_providers(&parts), Timeouts::of(&parts));
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
        timeouts,
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
    wait.until(&state, "the hosts do not all answer", async || lattice.count_hosts().await == all).await?;

    private::write(&run.path("manifest.yaml"), &text)?;
    wait.until(&state, "wadm does not answer", async || lattice.applications().await.is_ok()).await?;
    state.application = Some(lattice.deploy(&text).await?);
    state.url = Some(url(manifest.address()?));
    run.save(&state)?;
    wait.until_it_serves(&state, &lattice).await?;
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

/// Where this machine finds a server that listens there.
fn url(mut address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    format!("http://{address}/mcp")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_every_network_is_found_on_this_machine() {
        for (address, wanted) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/mcp"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080/mcp"),
            ("[::]:8080", "http://[::1]:8080/mcp"),
            ("192.0.2.1:8080", "http://192.0.2.1:8080/mcp"),
        ] {
            assert_eq!(url(address.parse().unwrap()), wanted);
        }
    }
}
