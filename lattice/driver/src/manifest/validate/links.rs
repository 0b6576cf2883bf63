//! Links: their shape, their two ends, and that each has one target.

use std::collections::BTreeMap;

use super::Finding;
use crate::manifest::ast::{Application, Component, LinkTrait};
use crate::manifest::document::Node;
use crate::manifest::image::{HTTP_CLIENT, HTTP_SERVER};

pub(super) fn check(application: &Application<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for component in &application.components {
        for link in &component.links {
            shape(link, &mut findings);
            target(application, link, &mut findings);
        }
        one_target(component, &mut findings);
        http(application, component, &mut findings);
    }
    findings
}

/// The types of the values. wadm's parser panics over these, so that they are checked first.
fn shape(link: &LinkTrait<'_>, findings: &mut Vec<Finding>) {
    for (key, node) in [("namespace", link.namespace), ("package", link.package)] {
        if node.text().is_none() {
            findings.push(Finding::error(node.position(), format!("a link needs `{key}`, a string")));
        }
    }
    if link.name.exists() && link.name.text().is_none() {
        findings.push(Finding::error(link.name.position(), "the name of a link has to be a string"));
    }
    let interfaces = link.interfaces;
    let is_empty = interfaces.items().next().is_none();
    if !interfaces.is_sequence() || is_empty || interfaces.items().any(|each| each.text().is_none()) {
        findings.push(Finding::error(interfaces.position(), "a link needs `interfaces`, a list of strings"));
    }
}

fn target(application: &Application<'_>, link: &LinkTrait<'_>, findings: &mut Vec<Finding>) {
    let position = link.target.position();
    match link.target.text() {
        None => findings.push(Finding::error(position, "a link needs `target.name`, the component that is called")),
        Some(name) if application.component(name).is_none() => {
            findings.push(Finding::error(position, format!("there is no component `{name}` to link to")));
        }
        Some(_) => {}
    }
}

/// One name for one interface can have one target: a host refuses the second link and keeps the first.
fn one_target(component: &Component<'_>, findings: &mut Vec<Finding>) {
    let mut lines: BTreeMap<(&str, &str, &str, &str), usize> = BTreeMap::new();
    for link in &component.links {
        let name = link.name();
        let namespace = link.namespace.text().unwrap_or_default();
        let package = link.package.text().unwrap_or_default();
        for interface in link.interfaces.items().filter_map(Node::text) {
            let line = link.node.position().line;
            let Some(first) = lines.insert((name, namespace, package, interface), line) else { continue };
            let reason = format!(
                "a link with the name `{name}` for {namespace}:{package}/{interface} is already in line {first}, and it can have one \
                 target only: give this one another name"
            );
            let at = if link.name.exists() { link.name } else { link.node };
            findings.push(Finding::error(at.position(), reason));
            break;
        }
    }
}

/// The HTTP server and the HTTP client of the host: each works at one end of a link only.
fn http(application: &Application<'_>, component: &Component<'_>, findings: &mut Vec<Finding>) {
    let image = component.image.text();
    if image == Some(HTTP_CLIENT) && !component.links.is_empty() {
        let reason = "the HTTP client calls no component: it is the target of the components' links";
        findings.push(Finding::error(component.name.position(), reason));
    }
    if image != Some(HTTP_SERVER) {
        return;
    }
    if component.links.is_empty() {
        let reason = "no component answers requests: the HTTP server needs a link to one, with the interface wasi:http/incoming-handler";
        findings.push(Finding::error(component.name.position(), reason));
    }
    for link in &component.links {
        if !link.configurations.iter().any(|configuration| configuration.properties.get("address").exists()) {
            let reason = "without an `address` in `source.config` the HTTP server listens on all networks of the machine, port 8000";
            findings.push(Finding::error(link.node.position(), reason));
        }
        let target = link.target.text().and_then(|name| application.component(name));
        if target.is_some_and(|target| roles(target) != roles(component)) {
            let reason = "the HTTP server calls the component inside its own host: both need the same `requirements`";
            findings.push(Finding::error(link.target.position(), reason));
        }
    }
}

fn roles<'a>(component: &Component<'a>) -> Vec<Option<&'a str>> {
    component.roles().map(Node::text).collect()
}
