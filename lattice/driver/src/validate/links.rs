//! Links: their shape, their ends, and that each has one target.

use std::collections::BTreeMap;

use super::Finding;
use crate::model::{Application, HTTP_CLIENT, HTTP_SERVER, Link, Part};

pub(super) fn check(application: &Application<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for part in &application.parts {
        // One name for one interface has one target: a second is refused by the host, which goes on with the first.
        let mut targets: BTreeMap<(&str, &str, &str, &str), usize> = BTreeMap::new();
        for link in &part.links {
            shape(link, &mut findings);
            target(application, link, &mut findings);
            let (namespace, package) =
                (link.namespace.text().unwrap_or_default(), link.package.text().unwrap_or_default());
            for interface in link.interfaces.items().filter_map(|interface| interface.text()) {
                let line = link.spot.place().line;
                if let Some(first) = targets.insert((link.name(), namespace, package, interface), line) {
                    let reason = format!(
                        "a link with the name `{}` for {namespace}:{package}/{interface} is already in line {first}, and it can have \
                         one target only: give this one another name",
                        link.name()
                    );
                    let place = if link.name.exists() { link.name.place() } else { link.spot.place() };
                    findings.push(Finding::error(place, reason));
                    break;
                }
            }
        }
        http(application, part, &mut findings);
    }
    findings
}

/// wadm's parser ends with a panic over these, so that they are asked first.
fn shape(link: &Link<'_>, findings: &mut Vec<Finding>) {
    for (key, spot) in [("namespace", link.namespace), ("package", link.package)] {
        if spot.text().is_none() {
            findings.push(Finding::error(spot.place(), format!("a link needs `{key}`, a string")));
        }
    }
    if link.name.exists() && link.name.text().is_none() {
        findings.push(Finding::error(link.name.place(), "the name of a link has to be a string"));
    }
    let interfaces = link.interfaces;
    if !interfaces.is_sequence()
        || interfaces.items().next().is_none()
        || interfaces.items().any(|each| each.text().is_none())
    {
        findings.push(Finding::error(interfaces.place(), "a link needs `interfaces`, a list of strings"));
    }
}

fn target(application: &Application<'_>, link: &Link<'_>, findings: &mut Vec<Finding>) {
    match link.target.text() {
        None => findings
            .push(Finding::error(link.target.place(), "a link needs `target.name`, the component that is called")),
        Some(name) if application.part(name).is_none() => {
            findings.push(Finding::error(link.target.place(), format!("there is no component `{name}` to link to")));
        }
        Some(_) => {}
    }
}

/// The HTTP capabilities that a host brings along, each of which works at one end of a link.
fn http(application: &Application<'_>, part: &Part<'_>, findings: &mut Vec<Finding>) {
    let image = part.image.text();
    if image == Some(HTTP_SERVER) && part.links.is_empty() {
        let reason = "nothing answers: the HTTP server is the source of a link to a component, interface wasi:http/incoming-handler";
        findings.push(Finding::error(part.name.place(), reason));
    }
    if image == Some(HTTP_CLIENT) && !part.links.is_empty() {
        let reason = "the HTTP client calls nobody: it is the target of the components' links";
        findings.push(Finding::error(part.name.place(), reason));
    }
    for link in &part.links {
        let target = link.target.text().and_then(|name| application.part(name));
        if image == Some(HTTP_SERVER) && !link.config.iter().any(|config| config.properties.get("address").exists()) {
            let reason = "without an `address` in `source.config` the HTTP server listens on all networks of the machine, port 8000";
            findings.push(Finding::error(link.spot.place(), reason));
        }
        if let (Some(HTTP_SERVER), Some(target)) = (image, target) {
            let (ours, theirs): (Vec<_>, Vec<_>) = (part.roles().collect(), target.roles().collect());
            if ours != theirs {
                let reason =
                    "the HTTP server calls the component inside its own host: both need the same `requirements`";
                findings.push(Finding::error(link.target.place(), reason));
            }
        }
    }
}
