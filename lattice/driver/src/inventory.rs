//! What runs on a lattice, who is linked to whom, and what is missing.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Serialize;
use wadm_types::Manifest;
use wadm_types::api::StatusType;

use crate::client;
use crate::lattice::Lattice;
use crate::missing;
use crate::model::{PROVIDERS, names};
use crate::probe;
use crate::process::Process;
use crate::state::State;
use crate::wanted::{id_of, setting};

/// Nothing was deployed, or it was undeployed.
pub(crate) const NO_APPLICATION: &str = "no application is deployed: `wash app deploy wadm.yaml`, or `make up`";

/// All of it.
#[derive(Debug, Serialize)]
pub struct Inventory {
    /// The application, as wadm sees it.
    pub application: Option<ApplicationState>,
    /// Where clients of MCP find it.
    pub url: Option<String>,
    /// The hosts, by role.
    pub hosts: Vec<Host>,
    /// The links.
    pub links: Vec<Link>,
    /// The providers that the transport names.
    pub providers: Vec<Provider>,
    /// What is missing, each with what to do. Empty if all is well.
    pub missing: Vec<String>,
}

/// An application, as wadm sees it.
#[derive(Debug, Serialize)]
pub struct ApplicationState {
    /// Its name.
    pub name: String,
    /// `deployed` once all runs that is to run. `reconciling` and `failed` come and go when hosts do.
    pub status: String,
    /// Why it is not.
    pub message: String,
}

/// A host.
#[derive(Debug, Serialize)]
pub struct Host {
    /// Its name on the lattice.
    pub id: String,
    /// By what to tell it apart.
    pub labels: BTreeMap<String, String>,
    /// Components on it, and how many calls of each it takes at once.
    pub components: BTreeMap<String, u32>,
    /// Capability providers in it.
    pub capabilities: Vec<String>,
}

/// Who may call whom.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct Link {
    /// The caller.
    pub source: String,
    /// By what name it calls.
    pub name: String,
    /// Who is called.
    pub target: String,
    /// What may be called.
    pub interfaces: Vec<String>,
}

/// A provider of tools.
#[derive(Debug, Serialize)]
pub struct Provider {
    /// The name by which the transport knows it, which is that of its link.
    pub name: String,
    /// What goes before the names of its tools.
    pub prefix: String,
    /// The component.
    pub component: Option<String>,
    /// How many hosts it is on.
    pub hosts: usize,
    /// Its tools, as clients see them.
    pub tools: Vec<String>,
}

/// Whom to ask about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Question<'a> {
    /// The application.
    pub application: Option<&'a str>,
    /// Where clients of MCP find it.
    pub url: Option<&'a str>,
    /// The processes that are known to belong to the lattice.
    pub processes: &'a [Process],
}

impl<'a> From<&'a State> for Question<'a> {
    fn from(state: &'a State) -> Self {
        Self { application: state.application.as_deref(), url: state.url.as_deref(), processes: &state.processes }
    }
}

impl Inventory {
    /// Asks hosts, wadm and the server.
    pub async fn take(lattice: &Lattice, question: Question<'_>) -> Result<Self> {
        let (inventories, silent) = lattice.hosts().await?;
        let hosts: Vec<Host> = inventories.iter().map(Host::from).collect();
        let mut missing = missing::processes(question.processes, &hosts, &silent);
        let links: Vec<Link> = match lattice.links().await {
            Ok(links) => links.iter().map(Link::from).collect(),
            Err(error) => {
                missing.push(format!("{error:#}"));
                Vec::new()
            }
        };
        let (mut application, mut providers) = (None, Vec::new());
        match question.application {
            None => missing.push(NO_APPLICATION.to_owned()),
            Some(name) => match ApplicationState::ask(lattice, name).await {
                Err(error) => missing.push(format!("what is to run is not known: {error:#}")),
                Ok((state, manifest)) => {
                    application = Some(state);
                    providers = declared(&manifest, &hosts, &links);
                    // What runs on a host that does not answer is not known, so that nothing can be missing.
                    if silent.is_empty() && !hosts.is_empty() {
                        missing.extend(missing::parts(&manifest, &hosts, &links));
                    }
                }
            },
        }
        if missing.is_empty() {
            missing.extend(probe::tools(lattice.calls(), &mut providers).await);
        }
        if let (Some(url), true) = (question.url, missing.is_empty())
            && let Err(error) = client::ready(url).await
        {
            missing.push(format!("the server is not ready: {error:#}"));
        }
        Ok(Self { application, url: question.url.map(str::to_owned), hosts, links, providers, missing })
    }
}

impl ApplicationState {
    /// With the manifest, which wadm keeps.
    async fn ask(lattice: &Lattice, name: &str) -> Result<(Self, Manifest)> {
        let manifest = lattice.manifest(name).await?;
        let status = lattice.status(name).await.context("the application")?;
        let scalers = status.scalers.iter().filter(|scaler| scaler.info.status_type != StatusType::Deployed);
        let messages: Vec<String> =
            scalers.map(|scaler| format!("{} {}: {}", scaler.kind, scaler.name, scaler.info.message)).collect();
        let message = if messages.is_empty() { status.info.message.clone() } else { messages.join("; ") };
        // What hosts say may have many lines.
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let status = format!("{:?}", status.info.status_type).to_lowercase();
        Ok((Self { name: name.to_owned(), status, message }, manifest))
    }
}

impl From<&wasmcloud_control_interface::HostInventory> for Host {
    fn from(host: &wasmcloud_control_interface::HostInventory) -> Self {
        // What the host says of its machine tells nothing about the lattice.
        let labels = host.labels().iter().filter(|(key, _)| !key.starts_with("hostcore."));
        let components = host.components().iter().fold(BTreeMap::new(), |mut components, component| {
            *components.entry(component.id().to_owned()).or_insert(0) += component.max_instances();
            components
        });
        Self {
            id: host.host_id().to_owned(),
            labels: labels.map(|(key, value)| (key.clone(), value.clone())).collect(),
            components,
            capabilities: host.providers().iter().map(|provider| provider.id().to_owned()).collect(),
        }
    }
}

impl From<&wasmcloud_control_interface::Link> for Link {
    fn from(link: &wasmcloud_control_interface::Link) -> Self {
        let package = format!("{}:{}", link.wit_namespace(), link.wit_package());
        Self {
            source: link.source_id().to_owned(),
            name: link.name().to_owned(),
            target: link.target().to_owned(),
            interfaces: link.interfaces().iter().map(|interface| format!("{package}/{interface}")).collect(),
        }
    }
}

/// The providers that a component of the manifest names.
fn declared(manifest: &Manifest, hosts: &[Host], links: &[Link]) -> Vec<Provider> {
    let mut providers = Vec::new();
    for part in &manifest.spec.components {
        let source = id_of(manifest, part);
        for (name, prefix) in setting(part, PROVIDERS).map(names).unwrap_or_default() {
            let link = links.iter().find(|link| link.source == source && link.name == name);
            let component = link.map(|link| link.target.clone());
            providers.push(Provider {
                name,
                prefix,
                hosts: component
                    .iter()
                    .map(|id| hosts.iter().filter(|host| host.components.contains_key(id)).count())
                    .sum(),
                component,
                tools: Vec::new(),
            });
        }
    }
    providers
}
