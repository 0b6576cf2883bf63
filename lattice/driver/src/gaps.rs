//! What is missing on a lattice, and what to do about it. Hosts and wadm pass over much of this in silence.

use std::collections::BTreeMap;

use wadm_types::{Component, Manifest, Properties, TraitProperty};

use crate::inventory::{ApplicationState, Host, Link, links_of};
use crate::model::{HTTP_CLIENT, HTTP_SERVER, component_id};

/// All that is missing.
pub(crate) fn find(
    manifest: Option<&Manifest>,
    state: Option<&ApplicationState>,
    hosts: &[Host],
    links: &[Link],
) -> Vec<String> {
    let mut gaps = Vec::new();
    if hosts.is_empty() {
        gaps.push("no host answers: none runs, or none with these credentials".to_owned());
    }
    let Some(manifest) = manifest else {
        gaps.push("no application is deployed: `wash app deploy wadm.yaml`, or `make up`".to_owned());
        return gaps;
    };
    for part in &manifest.spec.components {
        let id = id_of(manifest, part);
        let running =
            hosts.iter().filter(|host| host.components.contains_key(&id) || host.capabilities.contains(&id)).count();
        if running == 0 && !hosts.is_empty() {
            gaps.push(missing(part, hosts));
        }
    }
    for wanted in links_of(manifest) {
        match links.iter().find(|link| {
            link.source == wanted.source && link.name == wanted.name && link.interfaces == wanted.interfaces
        }) {
            None => gaps
                .push(format!("no host knows the link `{}` from {} to {}", wanted.name, wanted.source, wanted.target)),
            Some(link) if link.target != wanted.target => gaps.push(format!(
                "the link `{}` of {} leads to {} and not to {}: an older one is in its place, `wash link del`",
                wanted.name, wanted.source, link.target, wanted.target
            )),
            Some(_) => {}
        }
    }
    if let Some(state) = state.filter(|state| state.status != "deployed") {
        gaps.push(format!("wadm says `{}`: {}", state.status, state.message));
    }
    gaps
}

fn id_of(manifest: &Manifest, part: &Component) -> String {
    let explicit = match &part.properties {
        Properties::Component { properties } => properties.id.as_deref(),
        Properties::Capability { properties } => properties.id.as_deref(),
    };
    component_id(&manifest.metadata.name, explicit, &part.name)
}

/// Why a part might run nowhere.
fn missing(part: &Component, hosts: &[Host]) -> String {
    let name = &part.name;
    let wanted = requirements(part);
    let fits =
        |host: &Host| wanted.iter().all(|labels| labels.iter().all(|(key, value)| host.labels.get(key) == Some(value)));
    if !hosts.iter().any(fits) {
        let labels: Vec<String> = wanted.iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
        return format!("{name} runs nowhere: no host has the label {}", labels.join(", "));
    }
    let image = match &part.properties {
        Properties::Component { properties } => properties.image.as_deref(),
        Properties::Capability { properties } => properties.image.as_deref(),
    };
    let flag = match image {
        Some(HTTP_SERVER) => "builtin-http-server",
        Some(HTTP_CLIENT) => "builtin-http-client",
        Some(image) if image.starts_with("file:") => {
            return format!(
                "{name} runs nowhere: its host has to allow files (`--allow-file-load`, `wash up` does) and to find {image}"
            );
        }
        _ => return format!("{name} runs nowhere: the log of its host says why"),
    };
    format!(
        "{name} runs nowhere: a host starts it only with {flag} in WASMCLOUD_EXPERIMENTAL_FEATURES, and says nothing without; or its \
         address is taken, which the host's log says"
    )
}

fn requirements(part: &Component) -> Vec<&BTreeMap<String, String>> {
    let scalers = part.traits.iter().flatten().filter_map(|each| match &each.properties {
        TraitProperty::SpreadScaler(scaler) => Some(scaler),
        _ => None,
    });
    scalers.flat_map(|scaler| &scaler.spread).map(|spread| &spread.requirements).collect()
}
