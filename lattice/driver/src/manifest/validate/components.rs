//! Components and capability providers on their own: shape, images, configuration, scale.

use std::collections::BTreeMap;

use super::Finding;
use crate::manifest::ast::{Application, Component, Configuration};
use crate::manifest::document::Node;
use crate::manifest::{Manifest, file_path};

pub(super) fn check(manifest: &Manifest, application: &Application<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    head(manifest.document.root(), application, &mut findings);
    let mut names = BTreeMap::new();
    for component in &application.components {
        match component.name.text() {
            None => findings.push(Finding::error(component.name.position(), "a component has no `name`")),
            Some(name) => {
                if let Some(first) = names.insert(name, component.name.position().line) {
                    let reason = format!("the component `{name}` is already in line {first}");
                    findings.push(Finding::error(component.name.position(), reason));
                }
            }
        }
        image(manifest, component, &mut findings);
        scale(component, &mut findings);
    }
    configuration(application, &mut findings);
    findings
}

fn head(root: Node<'_>, application: &Application<'_>, findings: &mut Vec<Finding>) {
    for (key, expected) in [("apiVersion", wadm_types::OAM_VERSION), ("kind", wadm_types::APPLICATION_KIND)] {
        let node = root.get(key);
        if node.text() != Some(expected) {
            findings.push(Finding::error(node.position(), format!("`{key}` has to be `{expected}`")));
        }
    }
    if application.name.text().is_none() {
        let reason = "`metadata` has no `name`, by which wadm identifies the application";
        findings.push(Finding::error(root.get("metadata").position(), reason));
    }
    if application.components.is_empty() {
        let reason = "`spec.components` has to be a list with at least one component";
        findings.push(Finding::error(root.get("spec").position(), reason));
    }
}

fn image(manifest: &Manifest, component: &Component<'_>, findings: &mut Vec<Finding>) {
    let Some(path) = component.image.text().and_then(file_path) else { return };
    if !manifest.folder.join(&path).is_file() {
        let reason = format!(
            "there is no file `{}` (relative to the folder of the manifest): build it first, or correct the path",
            path.display()
        );
        findings.push(Finding::error(component.image.position(), reason));
    }
}

fn scale(component: &Component<'_>, findings: &mut Vec<Finding>) {
    let name = component.name.text().unwrap_or_default();
    if component.scalers.is_empty() {
        let reason = format!("`{name}` has neither spreadscaler nor daemonscaler, so nothing starts it");
        findings.push(Finding::error(component.name.position(), reason));
    }
    for scaler in &component.scalers {
        for (key, known) in scaler.unknown_keys() {
            let key_text = key.text().unwrap_or("?");
            let reason = format!("a scaler has no `{key_text}`, only {known}: wadm would ignore the whole scaler");
            findings.push(Finding::error(key.position(), reason));
        }
        let position = scaler.instances.position();
        match scaler.instances.number() {
            Some(0) => findings.push(Finding::warning(position, format!("`{name}` never runs with 0 instances"))),
            Some(1) if component.kind.text() == Some("component") => {
                let reason =
                    format!("with 1 instance every call of `{name}` waits for the one before it: set it to 100");
                findings.push(Finding::warning(position, reason));
            }
            Some(1..) => {}
            _ => findings.push(Finding::error(position, "`instances` has to be a whole number")),
        }
    }
}

/// Each configuration has to be defined once: a host does not start a component whose configuration does not exist, and reports
/// nothing.
fn configuration(application: &Application<'_>, findings: &mut Vec<Finding>) {
    let mut all: Vec<&Configuration<'_>> = application.configurations().collect();
    all.sort_by_key(|configuration| configuration.name.position());
    let (definitions, references): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|configuration| configuration.properties.exists());
    let mut first_definitions: BTreeMap<&str, usize> = BTreeMap::new();
    for definition in definitions {
        let position = definition.name.position();
        let Some(name) = definition.name.text() else {
            findings.push(Finding::error(position, "a configuration has no `name`"));
            continue;
        };
        if let Some(first) = first_definitions.insert(name, position.line) {
            let reason =
                format!("the configuration `{name}` is already in line {first}: one would overwrite the other");
            findings.push(Finding::error(position, reason));
        }
        for (key, value) in definition.properties.entries().filter(|(_, value)| value.text().is_none()) {
            let reason = format!("the value of `{}` has to be a string: put it in quotes", key.text().unwrap_or("?"));
            findings.push(Finding::error(value.position(), reason));
        }
    }
    for reference in references {
        let name = reference.name.text().unwrap_or("?");
        let reason = match first_definitions.get(name) {
            Some(first) => format!(
                "`{name}` without `properties` is a configuration of the whole lattice, not the one in line {first}: repeat its \
                 properties under another name"
            ),
            None => format!(
                "the configuration `{name}` is not defined: give it `properties`, or the component that uses it does not start"
            ),
        };
        findings.push(Finding::error(reference.name.position(), reason));
    }
}
