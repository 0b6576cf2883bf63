//! What is missing on a lattice, and what to do about it. Hosts and wadm pass over much of this in silence.

use wadm_types::{Component, Manifest};

use crate::inventory::{Host, Link};
use crate::model::features;
use crate::process::{Kind, Process};
use crate::wanted::{calls_providers, id_of, image_of, links, on_all, requirements};

/// Processes that have ended, and hosts that should be there and do not answer.
pub(crate) fn processes(processes: &[Process], hosts: &[Host], silent: &[String]) -> Vec<String> {
    let mut missing = Vec::new();
    if hosts.is_empty() && silent.is_empty() {
        missing.push("no host answers: none runs, or none with these credentials".to_owned());
    }
    for id in silent {
        missing.push(format!("the host {id} does not say what runs on it: one that compiles a component answers late"));
    }
    let answers = |id: &String| silent.contains(id) || hosts.iter().any(|host| host.id == *id);
    for process in processes {
        let (name, log) = (&process.name, process.log.display());
        match (process.is_running(), process.kind.is_host()) {
            (false, true) => missing.push(format!(
                "the host {name} has ended (its log: {log}): `wasmcp-lattice host add{}` starts another",
                if process.kind == Kind::EdgeHost { " edge" } else { "" }
            )),
            (false, false) => missing.push(process.ended()),
            (true, true) if !process.host_id.as_ref().is_some_and(answers) => {
                missing.push(format!("the host {name} does not answer (its log: {log})"));
            }
            (true, _) => {}
        }
    }
    missing
}

/// What the manifest wants and is not there. wadm's own word for it comes late, and goes back and forth while hosts start.
pub(crate) fn parts(manifest: &Manifest, hosts: &[Host], known: &[Link]) -> Vec<String> {
    let mut missing = Vec::new();
    for part in &manifest.spec.components {
        let id = id_of(manifest, part);
        let runs = |host: &&Host| host.components.contains_key(&id) || host.capabilities.contains(&id);
        let fitting: Vec<&Host> = hosts.iter().filter(|host| fits(part, host)).collect();
        if fitting.is_empty() || !fitting.iter().any(runs) {
            missing.push(format!("{} runs nowhere: {}", part.name, why(part, &fitting)));
        } else if on_all(part) {
            let without = fitting.iter().filter(|host| !runs(host));
            missing.extend(without.map(|host| format!("{} does not run on {} yet", part.name, host.id)));
        }
    }
    for wanted in links(manifest) {
        let (name, source, target) = (&wanted.name, &wanted.source, &wanted.target);
        let same = |link: &&Link| link.source == *source && link.name == *name && link.interfaces == wanted.interfaces;
        match known.iter().find(same) {
            None => missing.push(format!("no host knows the link `{name}` from {source} to {target}")),
            Some(link) if link.target != *target => missing.push(format!(
                "the link `{name}` of {source} leads to {} and not to {target}: an older one is in its place, `wash link del`",
                link.target
            )),
            Some(_) => {}
        }
    }
    missing
}

/// What is to run on every host like this one, and does not run on it.
pub(crate) fn lacking<'a>(manifest: &'a Manifest, host: &Host) -> Vec<&'a str> {
    let parts = manifest.spec.components.iter().filter(|part| on_all(part) && fits(part, host));
    let runs = |id: &String| host.components.contains_key(id) || host.capabilities.contains(id);
    parts.filter(|part| !runs(&id_of(manifest, part))).map(|part| part.name.as_str()).collect()
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
    let image = image_of(part);
    let features = features(image, calls_providers(part));
    if !features.is_empty() {
        return format!(
            "a host starts it only with {} in WASMCLOUD_EXPERIMENTAL_FEATURES, and may say nothing without; if that is there, it fetches \
             or compiles it just now, or its log says why not",
            features.join(",")
        );
    }
    match image {
        Some(image) if image.starts_with("file:") => format!(
            "its host compiles it just now, or does not find {image}, or may not load files (`wash up` lets it, a host by itself \
             needs `--allow-file-load`); its log says which"
        ),
        _ => "its host fetches or compiles it just now, or its log says why not".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use wadm_types::TraitProperty;

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
            let found = parts(&manifest, &hosts, &links(&manifest));
            assert_eq!(found.len(), wanted.len(), "{found:?}");
            assert!(found.iter().zip(wanted).all(|(found, wanted)| found.starts_with(wanted)), "{found:?}");
        }

        let mut known = links(&manifest);
        let calculator = known.iter_mut().find(|link| link.name == "calculator").unwrap();
        calculator.target = "wasmcp-other".to_owned();
        known.retain(|link| link.name != "weather");
        let found = parts(&manifest, &[edge(), providers()], &known);
        let wanted = [
            "the link `calculator` of wasmcp-transport leads to wasmcp-other and not to wasmcp-calculator",
            "no host knows the link `weather` from wasmcp-transport to wasmcp-weather",
        ];
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        assert!(found.iter().zip(wanted).all(|(found, wanted)| found.starts_with(wanted)), "{found:?}");
        assert_eq!(lacking(&manifest, &host("provider", &["weather"], &[])), ["calculator", "http-client"]);
    }

    #[test]
    fn a_process_that_has_ended_is_named_with_what_to_do() {
        let process = |name: &str, kind, is_running: bool| Process {
            name: name.to_owned(),
            kind,
            pid: std::process::id(),
            // Another one that had the same number.
            started: if is_running {
                Process::note("", kind, Some(std::process::id()), "".into()).unwrap().started
            } else {
                1
            },
            log: "its.log".into(),
            host_id: kind.is_host().then(|| format!("N{name}")),
        };
        let here = [host("edge", &[], &[])];
        for (process, silent, wanted) in [
            (process("nats", Kind::Nats, true), &[][..], None),
            (process("wadm", Kind::Wadm, false), &[], Some("wadm has ended: `make down`")),
            (process("edge", Kind::EdgeHost, true), &[], None),
            (
                process("edge", Kind::EdgeHost, false),
                &[],
                Some("the host edge has ended (its log: its.log): `wasmcp-lattice host add edge`"),
            ),
            (process("provider-1", Kind::ProviderHost, true), &[], Some("the host provider-1 does not answer")),
            (
                process("late", Kind::ProviderHost, true),
                &["Nlate".to_owned()],
                Some("the host Nlate does not say what runs on it"),
            ),
        ] {
            let found = processes(std::slice::from_ref(&process), &here, silent);
            assert_eq!(found.len(), usize::from(wanted.is_some()), "{found:?}");
            assert!(found.iter().zip(wanted).all(|(found, wanted)| found.starts_with(wanted)), "{found:?}");
        }
        assert_eq!(processes(&[], &[], &[]), ["no host answers: none runs, or none with these credentials"]);
    }
}
