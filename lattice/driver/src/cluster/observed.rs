//! What hosts and wadm report, in the form of the inventory.

use std::collections::BTreeMap;

use serde::Serialize;
use wadm_types::api::{Status, StatusType};
use wasmcloud_control_interface as control;

use crate::manifest::ast::Application;
use crate::manifest::desired::Link;

/// An application, as wadm reports it.
#[derive(Debug, Serialize)]
pub struct ApplicationState {
    /// Its name.
    pub name: String,
    /// `deployed` once everything runs. `reconciling` and `failed` come and go when hosts do.
    pub status: String,
    /// Why it is not deployed.
    pub message: String,
}

/// A host.
#[derive(Debug, Serialize)]
pub struct Host {
    /// Its id on the lattice.
    pub id: String,
    /// Its labels, without those that describe its machine.
    pub labels: BTreeMap<String, String>,
    /// The components on it by id, and how many calls of each it takes at once.
    pub components: BTreeMap<String, u32>,
    /// The ids of the capability providers in it.
    pub capabilities: Vec<String>,
}

/// A provider of tools, resources or prompts.
#[derive(Debug, Serialize)]
pub struct Provider {
    /// Its name in the transport's configuration, which is the name of the link to it.
    pub name: String,
    /// What precedes the names of its tools; often empty.
    pub prefix: String,
    /// The id of its component; none if there is no such link.
    pub component: Option<String>,
    /// The number of hosts on which it runs.
    pub hosts: usize,
    /// The names of its tools, as clients see them; none as long as the provider has not answered.
    pub tools: Option<Vec<String>>,
}

impl ApplicationState {
    /// The state by wadm's status.
    pub(super) fn new(name: &str, status: &Status) -> Self {
        let scalers = status.scalers.iter().filter(|scaler| scaler.info.status_type != StatusType::Deployed);
        let messages: Vec<String> =
            scalers.map(|scaler| format!("{} {}: {}", scaler.kind, scaler.name, scaler.info.message)).collect();
        let message = if messages.is_empty() { status.info.message.clone() } else { messages.join("; ") };
        Self {
            name: name.to_owned(),
            status: format!("{:?}", status.info.status_type).to_lowercase(),
            // The messages of hosts may have several lines.
            message: message.split_whitespace().collect::<Vec<_>>().join(" "),
        }
    }
}

impl Host {
    /// Whether a component or a capability provider runs on it.
    pub(super) fn runs(&self, component_id: &str) -> bool {
        self.components.contains_key(component_id) || self.capabilities.iter().any(|id| id == component_id)
    }
}

impl From<&control::HostInventory> for Host {
    fn from(host: &control::HostInventory) -> Self {
        // Labels of the machine say nothing about the lattice.
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

impl From<&control::Link> for Link {
    fn from(link: &control::Link) -> Self {
        let package = format!("{}:{}", link.wit_namespace(), link.wit_package());
        Self {
            source: link.source_id().to_owned(),
            name: link.name().to_owned(),
            target: link.target().to_owned(),
            interfaces: link.interfaces().iter().map(|interface| format!("{package}/{interface}")).collect(),
        }
    }
}

/// The providers that the components of an application are configured to call, without their tools.
pub(super) fn declared_providers(application: &Application<'_>, hosts: &[Host], links: &[Link]) -> Vec<Provider> {
    let mut providers = Vec::new();
    for component in &application.components {
        let source = application.component_id(component);
        for declared in component.declared_providers() {
            let link = links.iter().find(|link| link.source == source && link.name == declared.link);
            let component = link.map(|link| link.target.clone());
            let runs = |host: &&Host| component.as_ref().is_some_and(|id| host.components.contains_key(id));
            providers.push(Provider {
                name: declared.link,
                prefix: declared.prefix,
                hosts: hosts.iter().filter(runs).count(),
                component,
                tools: None,
            });
        }
    }
    providers
}
