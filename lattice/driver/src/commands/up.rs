//! `up`: starts a lattice and deploys a manifest on it.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::cluster::serving::wait_until_serving;
use crate::manifest::ast::Application;
use crate::manifest::{Manifest, validate};
use crate::nats::credentials::{Issuer, Role};
use crate::nats::scope::Scope;
use crate::private_files;
use crate::process::binaries::Binaries;
use crate::process::run_dir::{RunDir, State};
use crate::process::stop::stop_all;
use crate::process::wait::Wait;
use crate::process::{Kind, start};

/// How a lattice is started.
pub struct Options {
    /// The manifest to deploy.
    pub manifest: PathBuf,
    /// The number of hosts for providers, if the manifest tells hosts apart.
    pub hosts: u16,
    /// The port of the HTTP server; 0 for any free port. Without one: the port of the manifest, or any free port if that is taken.
    pub port: Option<u16>,
    /// Registries that hosts may use without TLS.
    pub insecure_registries: Vec<String>,
    /// The folder of the programs; without one they are downloaded.
    pub binaries: Option<PathBuf>,
    /// How long it may take until the application serves.
    pub deadline: Duration,
}

/// Starts all processes and waits until the application serves. After a failure or an interruption all of them are stopped again.
pub async fn up(run_dir: &RunDir, options: &Options) -> Result<State> {
    let _lock = run_dir.lock()?;
    if let Some(old) = run_dir.load()?
        && old.processes.iter().any(|process| process.is_running())
    {
        let url = old.url.as_deref().unwrap_or("not yet serving");
        bail!("a lattice is up already ({url}): stop it first, `make down`");
    }
    run_dir.clear()?;
    let mut manifest = validate::require(&options.manifest).await?;
    let binaries = match &options.binaries {
        Some(folder) => Binaries::in_folder(folder)?,
        None => Binaries::download(&run_dir.path("binaries")).await?,
    };
    manifest.make_paths_absolute()?;
    if let Some(port) = other_port(manifest.http_address()?, options.port)? {
        manifest.set_http_port(port)?;
    }
    run_dir.clear_logs()?;
    run_dir.create()?;
    let wait = Wait::new(options.deadline)?;
    let started = start_and_deploy(run_dir, options, &binaries, &manifest, &wait).await;
    if let Err(error) = &started {
        stop_all(run_dir).await.with_context(|| format!("{error:#}; and the processes did not stop"))?;
    }
    started
}

async fn start_and_deploy(
    run_dir: &RunDir,
    options: &Options,
    binaries: &Binaries,
    manifest: &Manifest,
    wait: &Wait,
) -> Result<State> {
    let application = manifest.application();
    let scope = Scope::of(&application);
    let (issuer, trust) = Issuer::new(&scope)?;
    let credentials = run_dir.credentials();
    issuer.save(&credentials.join("accounts.seed"))?;
    let port = start::free_port()?;
    let driver_credentials = issuer.user("driver", Role::Driver, &Scope::default())?.save(&credentials, "driver")?;
    let mut state = State {
        nats: format!("127.0.0.1:{port}"),
        application: None,
        url: None,
        driver_credentials,
        insecure_registries: options.insecure_registries.clone(),
        file_load: manifest.images().iter().any(|image| image.starts_with("file:")),
        binaries: binaries.folder().to_owned(),
        timeouts: application.timeouts(),
        started: BTreeMap::new(),
        processes: Vec::new(),
    };
    // The state is saved after every start, so that `down` can stop each process whatever happens.
    state.processes.push(start::nats(run_dir, binaries, port, &trust).await?);
    run_dir.save(&state)?;
    let wadm_credentials = issuer.user("wadm", Role::Wadm, &Scope::default())?.save(&credentials, "wadm")?;
    state.processes.push(start::wadm(run_dir, binaries, &state, &wadm_credentials)?);
    run_dir.save(&state)?;
    for kind in required_hosts(&application, options.hosts) {
        let name = state.next_host_name(kind);
        state.processes.push(start::host(run_dir, binaries, &state, &issuer, kind, &name, &scope).await?);
        run_dir.save(&state)?;
    }
    let client = state.connect().await?;
    let all = state.hosts().count();
    wait.until(&state, "some hosts do not answer", async || client.count_hosts().await == all).await?;

    let text = manifest.to_yaml()?;
    private_files::write(&run_dir.path("manifest.yaml"), &text)?;
    wait.until(&state, "wadm does not answer", async || client.applications().await.is_ok()).await?;
    state.application = Some(client.deploy(&text).await?);
    state.url = Some(url(manifest.http_address()?));
    run_dir.save(&state)?;
    wait_until_serving(wait, &state, &client).await?;
    Ok(state)
}

/// The hosts that an application needs: an edge host and hosts for providers if it tells them apart, or else one edge host.
fn required_hosts(application: &Application<'_>, providers: u16) -> impl Iterator<Item = Kind> {
    let providers = if application.requires_role("provider") { providers.max(1) } else { 0 };
    std::iter::once(Kind::EdgeHost).chain(std::iter::repeat_n(Kind::ProviderHost, usize::from(providers)))
}

/// The URL on this machine of an MCP server that listens on the address.
fn url(mut address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    format!("http://{address}/mcp")
}

/// The port to use instead of the manifest's.
fn other_port(address: SocketAddr, option: Option<u16>) -> Result<Option<u16>> {
    match option {
        Some(0) => start::free_port().map(Some),
        Some(port) if start::is_free(SocketAddr::new(address.ip(), port)) => Ok(Some(port)),
        Some(port) => {
            bail!("port {port} of {} is taken: choose another with `--port`, or 0 for any free port", address.ip())
        }
        None if start::is_free(address) => Ok(None),
        None => start::free_port().map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_on_every_network_is_found_on_this_machine() {
        for (address, expected) in [
            ("127.0.0.1:8080", "http://127.0.0.1:8080/mcp"),
            ("0.0.0.0:8080", "http://127.0.0.1:8080/mcp"),
            ("[::]:8080", "http://[::1]:8080/mcp"),
            ("192.0.2.1:8080", "http://192.0.2.1:8080/mcp"),
        ] {
            assert_eq!(url(address.parse().unwrap()), expected);
        }
    }
}
