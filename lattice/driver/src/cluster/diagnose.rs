//! What is missing on a lattice, and what to do about it. Hosts and wadm report little of this.

use super::observed::Host;
use crate::manifest::ast::{Application, Component};
use crate::manifest::desired::Link;
use crate::process::run_dir::State;
use crate::process::{Kind, Process};

/// The last operation that NATS refused. Only its log has that.
pub(super) fn last_violation(state: &State) -> Option<String> {
    let log = std::fs::read_to_string(&state.process("nats")?.log).ok()?;
    let last = log.lines().rev().find(|line| line.contains("Violation"))?;
    Some(format!("NATS refused an operation: {last}"))
}

/// Processes that have ended, and hosts that should answer and do not. `silent` are the ids of hosts without an inventory.
pub(super) fn missing_processes(processes: &[Process], hosts: &[Host], silent: &[String]) -> Vec<String> {
    let mut missing = Vec::new();
    if hosts.is_empty() && silent.is_empty() {
        missing.push("no host answers: none runs, or none with these credentials".to_owned());
    }
    for id in silent {
        missing.push(format!(
            "the host {id} does not report what runs on it: a host that compiles a component answers late"
        ));
    }
    let answers = |id: &String| silent.contains(id) || hosts.iter().any(|host| host.id == *id);
    for process in processes {
        let (name, log) = (&process.name, process.log.display());
        match (process.is_running(), process.kind.is_host()) {
            (false, true) => missing.push(format!(
                "the host {name} has ended (its log: {log}): `wasmcp-lattice host add{}` starts another",
                if process.kind == Kind::EdgeHost { " edge" } else { "" }
            )),
            (false, false) => missing.push(process.ended_message()),
            (true, true) if !process.host_id.as_ref().is_some_and(answers) => {
                missing.push(format!("the host {name} does not answer (its log: {log})"));
            }
            (true, _) => {}
        }
    }
    missing
}

/// What the manifest demands and the lattice does not have. wadm reports it late, and changes its status back and forth while hosts
/// start.
pub(super) fn missing_parts(application: &Application<'_>, hosts: &[Host], links: &[Link]) -> Vec<String> {
    let mut missing = Vec::new();
    for component in &application.components {
        let (id, name) = (application.component_id(component), component.name.text().unwrap_or("?"));
        let fitting: Vec<&Host> = hosts.iter().filter(|host| component.fits_labels(&host.labels)).collect();
        if !fitting.iter().any(|host| host.runs(&id)) {
            missing.push(format!("{name} does not run on any host: {}", reason(component, &fitting)));
        } else if component.runs_on_every_host() {
            let without = fitting.iter().filter(|host| !host.runs(&id));
            missing.extend(without.map(|host| format!("{name} does not run on {} yet", host.id)));
        }
    }
    missing.extend(application.links().iter().filter_map(|link| missing_link(link, links)));
    missing
}

fn missing_link(desired: &Link, links: &[Link]) -> Option<String> {
    let Link { source, name, target, interfaces } = desired;
    let found = links.iter().find(|link| (&link.source, &link.name, &link.interfaces) == (source, name, interfaces));
    match found {
        None => Some(format!("no host has the link `{name}` from {source} to {target}")),
        Some(link) if link.target != *target => Some(format!(
            "the link `{name}` of {source} leads to {} and not to {target}: an older link is in its place, `wash link del`",
            link.target
        )),
        Some(_) => None,
    }
}

/// The names of the components that have to run on every host like this one, and do not run on it.
pub(crate) fn missing_components<'a>(application: &Application<'a>, host: &Host) -> Vec<&'a str> {
    let components = application.components.iter();
    let required = components.filter(|each| each.runs_on_every_host() && each.fits_labels(&host.labels));
    let absent = required.filter(|component| !host.runs(&application.component_id(component)));
    absent.filter_map(|component| component.name.text()).collect()
}

/// Why a component might not run on any of the hosts that fit.
fn reason(component: &Component<'_>, fitting: &[&Host]) -> String {
    if fitting.is_empty() {
        let labels = component.required_labels().into_iter().flatten();
        let labels: Vec<String> = labels.map(|(key, value)| format!("{key}={value}")).collect();
        return format!("no host has the label {}", labels.join(", "));
    }
    let features = component.required_features();
    if !features.is_empty() {
        return format!(
            "a host starts it only with {} in WASMCLOUD_EXPERIMENTAL_FEATURES, and may report nothing without; if it is there, the host \
             is fetching or compiling the component, or its log has the reason",
            features.join(",")
        );
    }
    match component.image.text() {
        Some(image) if image.starts_with("file:") => format!(
            "its host is compiling it, or does not find {image}, or may not load files (`wash up` allows it, a host by itself needs \
             `--allow-file-load`); its log has the reason"
        ),
        _ => "its host is fetching or compiling it, or its log has the reason".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::path::Path;

    use super::*;
    use crate::manifest::Manifest;

    const HOSTS: &str = include_str!("../../../../wadm.hosts.yaml");

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
        // The calculator may run on either kind of host.
        let (before, calculator) = HOSTS.split_once("- name: calculator\n      type").unwrap();
        let either = "{name: edge, requirements: {role: edge}}";
        let calculator = calculator.replacen("spread:\n", &format!("spread:\n              - {either}\n"), 1);
        let text = format!("{before}- name: calculator\n      type{calculator}");
        let manifest = Manifest::parse(&text, Path::new(".")).unwrap();
        let application = manifest.application();
        let edge = || host("edge", &["transport", "calculator"], &["http_server"]);
        let providers = || host("provider", &["weather", "calculator"], &["http_client"]);
        for (hosts, expected) in [
            (vec![edge(), providers()], &[][..]),
            (
                vec![host("edge", &["calculator"], &["http_server"]), providers()],
                &["transport does not run on any host: a host starts it only with rpc-interface in"],
            ),
            (
                vec![host("edge", &["transport", "calculator"], &[]), providers()],
                &["http-server does not run on any host: a host starts it only with builtin-http-server in"],
            ),
            (
                vec![edge(), host("provider", &["calculator"], &["http_client"])],
                &["weather does not run on any host: its host"],
            ),
            (
                vec![edge()],
                &[
                    "weather does not run on any host: no host has the label role=provider",
                    "http-client does not run on any host: no host has",
                ],
            ),
            (
                vec![edge(), providers(), host("provider", &["weather"], &["http_client"])],
                &["calculator does not run on Nprovider"],
            ),
        ] {
            let found = missing_parts(&application, &hosts, &application.links());
            assert_eq!(found.len(), expected.len(), "{found:?}");
            assert!(found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected)), "{found:?}");
        }

        let mut known = application.links();
        let calculator = known.iter_mut().find(|link| link.name == "calculator").unwrap();
        calculator.target = "wasmcp-other".to_owned();
        known.retain(|link| link.name != "weather");
        let found = missing_parts(&application, &[edge(), providers()], &known);
        let expected = [
            "the link `calculator` of wasmcp-transport leads to wasmcp-other and not to wasmcp-calculator",
            "no host has the link `weather` from wasmcp-transport to wasmcp-weather",
        ];
        assert_eq!(found.len(), expected.len(), "{found:?}");
        assert!(found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected)), "{found:?}");
        assert_eq!(
            missing_components(&application, &host("provider", &["weather"], &[])),
            ["calculator", "http-client"]
        );
    }

    #[test]
    fn a_process_that_has_ended_is_named_with_what_to_do() {
        let process = |name: &str, kind, is_running: bool| Process {
            name: name.to_owned(),
            kind,
            pid: std::process::id(),
            // Otherwise the start time of another process with this id.
            started: if is_running {
                Process::register("", kind, Some(std::process::id()), "".into()).unwrap().started
            } else {
                1
            },
            log: "its.log".into(),
            host_id: kind.is_host().then(|| format!("N{name}")),
        };
        let here = [host("edge", &[], &[])];
        for (process, silent, expected) in [
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
                Some("the host Nlate does not report what runs on it"),
            ),
        ] {
            let found = missing_processes(std::slice::from_ref(&process), &here, silent);
            assert_eq!(found.len(), usize::from(expected.is_some()), "{found:?}");
            assert!(found.iter().zip(expected).all(|(found, expected)| found.starts_with(expected)), "{found:?}");
        }
        assert_eq!(missing_processes(&[], &[], &[]), ["no host answers: none runs, or none with these credentials"]);
    }
}
