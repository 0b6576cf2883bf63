//! What is missing on a lattice, and what to do about it. Hosts and wadm pass over much of this in silence.

use std::collections::BTreeMap;

use wadm_types::{Component, DAEMONSCALER_TRAIT, Manifest, Properties, TraitProperty};

use crate::inventory::{Host, Link, links_of};
use crate::model::{HTTP_CLIENT, HTTP_SERVER, component_id};
use crate::process::Process;

/// Hosts that should be there and do not answer.
pub(crate) fn silent(processes: &[Process], hosts: &[Host]) -> Vec<String> {
    let mut gaps = Vec::new();
    if hosts.is_empty() {
        gaps.push("no host answers: none runs, or none with these credentials".to_owned());
    }
    for process in processes.iter().filter(|process| process.kind.is_host()) {
        if !hosts.iter().any(|host| Some(&host.id) == process.host_id.as_ref()) {
            let what = if process.is_running() {
                "does not answer: one that compiles a component is late"
            } else {
                "has ended"
            };
            gaps.push(format!("the host {} {what} (its log: {})", process.name, process.log.display()));
        }
    }
    gaps
}

/// What the manifest wants and is not there. wadm's own word for it comes late, and goes back and forth while hosts start.
pub(crate) fn find(manifest: &Manifest, hosts: &[Host], links: &[Link]) -> Vec<String> {
    let mut gaps = Vec::new();
    for part in &manifest.spec.components {
        let id = id_of(manifest, part);
        let runs = |host: &&Host| host.components.contains_key(&id) || host.capabilities.contains(&id);
        let fitting: Vec<&Host> = hosts.iter().filter(|host| fits(part, host)).collect();
        let on_all = part.traits.iter().flatten().any(|each| each.trait_type == DAEMONSCALER_TRAIT);
        if fitting.is_empty() || !fitting.iter().any(runs) {
            gaps.push(format!("{} runs nowhere: {}", part.name, why(part, &fitting)));
        } else if on_all {
            let without = fitting.iter().filter(|host| !runs(host));
            gaps.extend(without.map(|host| format!("{} does not run on {} yet", part.name, host.id)));
        }
    }
    for wanted in links_of(manifest) {
        let (name, source, target) = (&wanted.name, &wanted.source, &wanted.target);
        let same = |link: &&Link| link.source == *source && link.name == *name && link.interfaces == wanted.interfaces;
        match links.iter().find(same) {
            None => gaps.push(format!("no host knows the link `{name}` from {source} to {target}")),
            Some(link) if link.target != *target => gaps.push(format!(
                "the link `{name}` of {source} leads to {} and not to {target}: an older one is in its place, `wash link del`",
                link.target
            )),
            Some(_) => {}
        }
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

fn fits(part: &Component, host: &Host) -> bool {
    let wanted = requirements(part);
    let has = |(key, value): (&String, &String)| host.labels.get(key) == Some(value);
    wanted.is_empty() || wanted.iter().any(|labels| labels.iter().all(has))
}

/// Why a part might run nowhere.
fn why(part: &Component, fitting: &[&Host]) -> String {
    if fitting.is_empty() {
        let labels: Vec<String> =
            requirements(part).into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
        return format!("no host has the label {}", labels.join(", "));
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
                "its host compiles it just now, or does not find {image}, or may not load files (`wash up` lets it, a host by itself \
                 needs `--allow-file-load`); its log says which"
            );
        }
        _ => return "its host fetches or compiles it just now, or its log says why not".to_owned(),
    };
    format!(
        "a host starts it only with {flag} in WASMCLOUD_EXPERIMENTAL_FEATURES, and says nothing without; if that is there, the \
         host's log says why"
    )
}

/// The labels that each spread wants.
fn requirements(part: &Component) -> Vec<&BTreeMap<String, String>> {
    let scalers = part.traits.iter().flatten().filter_map(|each| match &each.properties {
        TraitProperty::SpreadScaler(scaler) => Some(scaler),
        _ => None,
    });
    scalers.flat_map(|scaler| &scaler.spread).map(|spread| &spread.requirements).collect()
}
