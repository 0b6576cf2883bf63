//! The inventory of a lattice: what runs on which host, who is linked to whom, and what is missing.

use anyhow::{Context as _, Result};
use serde::Serialize;

use super::observed::{ApplicationState, Host, Provider, declared_providers};
use super::{diagnose, probe, readiness};
use crate::manifest::Manifest;
use crate::manifest::desired::Link;
use crate::nats::client::LatticeClient;
use crate::process::Process;
use crate::process::run_dir::State;

/// The message where nothing was deployed, or it was undeployed.
pub(crate) const NO_APPLICATION: &str = "no application is deployed: `wash app deploy wadm.yaml`, or `make up`";

/// Everything that `status` reports.
#[derive(Debug, Serialize)]
pub struct Inventory {
    /// The application, as wadm reports it.
    pub application: Option<ApplicationState>,
    /// The URL of the MCP server.
    pub url: Option<String>,
    /// The hosts, by role.
    pub hosts: Vec<Host>,
    /// The links.
    pub links: Vec<Link>,
    /// The providers that the transport is configured to call.
    pub providers: Vec<Provider>,
    /// What is missing, each with what to do. Empty if the application serves completely.
    pub missing: Vec<String>,
}

/// What to report on.
#[derive(Clone, Copy, Debug, Default)]
pub struct StatusQuery<'a> {
    /// The name of the application.
    pub application: Option<&'a str>,
    /// The URL of the MCP server.
    pub url: Option<&'a str>,
    /// The processes of the lattice that the driver started.
    pub processes: &'a [Process],
}

impl<'a> From<&'a State> for StatusQuery<'a> {
    fn from(state: &'a State) -> Self {
        Self { application: state.application.as_deref(), url: state.url.as_deref(), processes: &state.processes }
    }
}

impl Inventory {
    /// Queries the hosts, wadm, the providers and the MCP server.
    pub async fn take(client: &LatticeClient, query: StatusQuery<'_>) -> Result<Self> {
        let (inventories, silent) = client.hosts().await?;
        let hosts: Vec<Host> = inventories.iter().map(Host::from).collect();
        let mut missing = diagnose::missing_processes(query.processes, &hosts, &silent);
        let links: Vec<Link> = match client.links().await {
            Ok(links) => links.iter().map(Link::from).collect(),
            Err(error) => {
                missing.push(format!("{error:#}"));
                Vec::new()
            }
        };
        let (mut application, mut providers) = (None, Vec::new());
        match query.application {
            None => missing.push(NO_APPLICATION.to_owned()),
            Some(name) => match application_of(client, name).await {
                Err(error) => missing.push(format!("the application is unknown: {error:#}")),
                Ok((state, manifest)) => {
                    let desired = manifest.application();
                    application = Some(state);
                    providers = declared_providers(&desired, &hosts, &links);
                    // What runs on a silent host is unknown, so that nothing can be called missing.
                    if silent.is_empty() && !hosts.is_empty() {
                        missing.extend(diagnose::missing_parts(&desired, &hosts, &links));
                    }
                }
            },
        }
        if missing.is_empty() {
            missing.extend(probe::list_tools(client.calls(), &mut providers).await);
        }
        if let (Some(url), true) = (query.url, missing.is_empty())
            && let Err(error) = readiness::check(url).await
        {
            missing.push(format!("the server is not ready: {error:#}"));
        }
        Ok(Self { application, url: query.url.map(str::to_owned), hosts, links, providers, missing })
    }
}

/// The state of an application, and the manifest that wadm stores.
async fn application_of(client: &LatticeClient, name: &str) -> Result<(ApplicationState, Manifest)> {
    let manifest = client.manifest(name).await?;
    let status = client.status(name).await.context("the status of the application")?;
    Ok((ApplicationState::new(name, &status), manifest))
}
