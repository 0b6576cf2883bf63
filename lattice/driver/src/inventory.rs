//! What runs on a lattice, who is linked to whom, and what is missing.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use serde::Serialize;
use wadm_types::api::StatusType;
use wadm_types::{Manifest, Properties, TraitProperty};

use crate::client;
use crate::gaps;
use crate::lattice::Lattice;
use crate::model::{PROVIDERS, component_id, names};
use crate::probe;
use crate::process::Process;
use crate::state::State;

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
    pub gaps: Vec<String>,
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
        let mut gaps = gaps::hosts(question.processes, &hosts, &silent);
        let links: Vec<Link> = match lattice.links().await {
            Ok(links) => links.iter().map(Link::from).collect(),
            Err(error) => {
                gaps.push(format!("{error:#}"));
                Vec::new()
            }
        };
        let (mut application, mut providers) = (None, Vec::new());
        match question.application {
            None => gaps.push("no application is deployed: `wash app deploy wadm.yaml`, or `make up`".to_owned()),
            Some(name) => {
                let manifest = lattice.manifest(name).await?;
                application = Some(ApplicationState::ask(lattice, name).await?);
                providers = declared(&manifest, &hosts, &links);
                // What runs on a host that does not answer is not known, so that nothing can be missing.
                if silent.is_empty() && !hosts.is_empty() {
                    gaps.extend(gaps::find(&manifest, &hosts, &links));
                }
            }
        }
        if gaps.is_empty() {
            gaps.extend(probe::tools(lattice.calls(), &mut providers).await);
        }
        if let (Some(url), true) = (question.url, gaps.is_empty())
            && let Err(error) = client::ready(url).await
        {
            gaps.push(format!("the server is not ready: {error:#}"));
        }
        Ok(Self { application, url: question.url.map(str::to_owned), hosts, links, providers, gaps })
    }
}

impl ApplicationState {
    async fn ask(lattice: &Lattice, name: &str) -> Result<Self> {
        let status = lattice.status(name).await.context("the application")?;
        let scalers = status.scalers.iter().filter(|scaler| scaler.info.status_type != StatusType::Deployed);
        let messages: Vec<String> =
            scalers.map(|scaler| format!("{} {}: {}", scaler.kind, scaler.name, scaler.info.message)).collect();
        let message = if messages.is_empty() { status.info.message.clone() } else { messages.join("; ") };
        // What hosts say may have many lines.
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        Ok(Self { name: name.to_owned(), status: format!("{:?}", status.info.status_type).to_lowercase(), message })
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
        let Properties::Component { properties } = &part.properties else { continue };
        let source = component_id(&manifest.metadata.name, properties.id.as_deref(), &part.name);
        let settings = properties.config.iter().filter_map(|config| config.properties.as_ref());
        for (name, prefix) in settings.filter_map(|settings| settings.get(PROVIDERS)).flat_map(|value| names(value)) {
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

/// The links that a manifest wants.
pub(crate) fn links_of(manifest: &Manifest) -> Vec<Link> {
    let id = |name: &str| {
        let part = manifest.spec.components.iter().find(|part| part.name == name);
        let explicit = part.and_then(|part| match &part.properties {
            Properties::Component { properties } => properties.id.as_deref(),
            Properties::Capability { properties } => properties.id.as_deref(),
        });
        component_id(&manifest.metadata.name, explicit, name)
    };
    let mut links = Vec::new();
    for part in &manifest.spec.components {
        for each in part.traits.iter().flatten() {
            if let TraitProperty::Link(link) = &each.properties {
                let package = format!("{}:{}", link.namespace, link.package);
                links.push(Link {
                    source: id(&part.name),
                    name: link.name.clone().unwrap_or_else(|| "default".to_owned()),
                    target: id(&link.target.name),
                    interfaces: link.interfaces.iter().map(|interface| format!("{package}/{interface}")).collect(),
                });
            }
        }
    }
    links
}
