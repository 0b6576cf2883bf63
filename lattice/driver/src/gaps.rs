//! What is missing on a lattice, and what to do about it. Hosts and wadm pass over much of this in silence.

use std::collections::BTreeMap;

use wadm_types::{Component, DAEMONSCALER_TRAIT, Manifest, Properties, TraitProperty};

use crate::inventory::{Host, Link, links_of};
use crate::model::{Application, component_id};
use crate::process::Process;
use crate::yaml::Document;

/// Hosts that should be there and do not answer.
pub(crate) fn hosts(processes: &[Process], hosts: &[Host], silent: &[String]) -> Vec<String> {
    let mut gaps = Vec::new();
    if hosts.is_empty() && silent.is_empty() {
        gaps.push("no host answers: none runs, or none with these credentials".to_owned());
    }
    for id in silent {
        gaps.push(format!("the host {id} does not say what runs on it: one that compiles a component answers late"));
    }
    let answers = |id: &String| silent.contains(id) || hosts.iter().any(|host| host.id == *id);
    for process in processes.iter().filter(|process| process.kind.is_host()) {
        if !process.host_id.as_ref().is_some_and(answers) {
            let what = if process.is_running() { "does not answer" } else { "has ended" };
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
        if fitting.is_empty() || !fitting.iter().any(runs) {
            gaps.push(format!("{} runs nowhere: {}", part.name, why(part, &fitting, &features(manifest, part))));
        } else if on_all(part) {
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

pub(crate) fn id_of(manifest: &Manifest, part: &Component) -> String {
    let explicit = match &part.properties {
        Properties::Component { properties } => properties.id.as_deref(),
        Properties::Capability { properties } => properties.id.as_deref(),
    };
    component_id(&manifest.metadata.name, explicit, &part.name)
}

/// What is to run on every host like this one, and does not run on it.
pub(crate) fn lacking<'a>(manifest: &'a Manifest, host: &Host) -> Vec<&'a str> {
    let parts = manifest.spec.components.iter().filter(|part| on_all(part) && fits(part, host));
    let runs = |id: &String| host.components.contains_key(id) || host.capabilities.contains(id);
    parts.filter(|part| !runs(&id_of(manifest, part))).map(|part| part.name.as_str()).collect()
}

fn on_all(part: &Component) -> bool {
    part.traits.iter().flatten().any(|each| each.trait_type == DAEMONSCALER_TRAIT)
}

/// The flags that a host needs, to run the part.
fn features(manifest: &Manifest, part: &Component) -> Vec<&'static str> {
    let text = serde_yaml::to_string(manifest).unwrap_or_default();
    let document = Document::parse(&text).ok();
    let known = document.as_ref().map(Application::read);
    known.as_ref().and_then(|known| known.part(&part.name)).map(|part| part.features()).unwrap_or_default()
}

fn fits(part: &Component, host: &Host) -> bool {
    let wanted = requirements(part);
    let has = |(key, value): (&String, &String)| host.labels.get(key) == Some(value);
    wanted.is_empty() || wanted.iter().any(|labels| labels.iter().all(has))
}

/// Why a part might run nowhere.
fn why(part: &Component, fitting: &[&Host], features: &[&str]) -> String {
    if fitting.is_empty() {
        let labels: Vec<String> =
            requirements(part).into_iter().flatten().map(|(key, value)| format!("{key}={value}")).collect();
        return format!("no host has the label {}", labels.join(", "));
    }
    if !features.is_empty() {
        return format!(
            "a host starts it only with {} in WASMCLOUD_EXPERIMENTAL_FEATURES, and may say nothing without; if that is there, it fetches \
             or compiles it just now, or its log says why not",
            features.join(",")
        );
    }
    let image = match &part.properties {
        Properties::Component { properties } => properties.image.as_deref(),
        Properties::Capability { properties } => properties.image.as_deref(),
    };
    match image {
        Some(image) if image.starts_with("file:") => format!(
            "its host compiles it just now, or does not find {image}, or may not load files (`wash up` lets it, a host by itself \
             needs `--allow-file-load`); its log says which"
        ),
        _ => "its host fetches or compiles it just now, or its log says why not".to_owned(),
    }
}

/// The labels that each spread wants.
pub(crate) fn requirements(part: &Component) -> Vec<&BTreeMap<String, String>> {
    let scalers = part.traits.iter().flatten().filter_map(|each| match &each.properties {
        TraitProperty::SpreadScaler(scaler) => Some(scaler),
        _ => None,
    });
    scalers.flat_map(|scaler| &scaler.spread).map(|spread| &spread.requirements).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(role: &str, components: &[&str], capabilities: &[&str]) -> Host {
        Host {
            id: format!("N{role}"),
            labels: BTreeMap::from([("role".to_owned(), role.to_owned())]),
            components: components.iter().map(|name| (format!("wasmcp-{name}"), 100)).collect(),
            capabilities: capabilities.iter().map(|name| format!("wasmcp-{name}")).collect(),
        }
    }

    #[test]
    fn what_does_not_run_is_named_with_what_its_host_lacks() {
        let mut manifest: Manifest = serde_yaml::from_str(include_str!("../../../wadm.hosts.yaml")).unwrap();
        // One that may run on either kind of host.
        let calculator = manifest.spec.components.iter_mut().find(|part| part.name == "calculator").unwrap();
        if let TraitProperty::SpreadScaler(scaler) = &mut calculator.traits.as_mut().unwrap()[0].properties {
            let mut other = scaler.spread[0].clone();
            other.requirements.insert("role".to_owned(), "edge".to_owned());
            scaler.spread.push(other);
        }
        let edge = || host("edge", &["transport", "calculator"], &["http_server"]);
        let providers = || host("provider", &["weather", "calculator"], &["http_client"]);
        for (hosts, wanted) in [
            (vec![edge(), providers()], &[][..]),
            (
                vec![host("edge", &["calculator"], &["http_server"]), providers()],
                &["transport runs nowhere: a host starts it only with rpc-interface in"],
            ),
            (
                vec![host("edge", &["transport", "calculator"], &[]), providers()],
                &["http-server runs nowhere: a host starts it only with builtin-http-server in"],
            ),
            (vec![edge(), host("provider", &["calculator"], &["http_client"])], &["weather runs nowhere: its host"]),
            (
                vec![edge()],
                &["weather runs nowhere: no host has the label role=provider", "http-client runs nowhere: no host has"],
            ),
            (
                vec![edge(), providers(), host("provider", &["weather"], &["http_client"])],
                &["calculator does not run on Nprovider"],
            ),
        ] {
            let found = find(&manifest, &hosts, &links_of(&manifest));
            assert_eq!(found.len(), wanted.len(), "{found:?}");
            assert!(found.iter().zip(wanted).all(|(found, wanted)| found.starts_with(wanted)), "{found:?}");
        }
        assert_eq!(lacking(&manifest, &host("provider", &["weather"], &[])), ["calculator", "http-client"]);
    }
}
