//! Components and capability providers by themselves: shape, images, configuration, scale.

use std::collections::BTreeMap;
use std::path::Path;

use super::Finding;
use crate::model::{Application, Config, Part, file_of};
use crate::yaml::{Document, Spot};

pub(super) fn check(document: &Document, application: &Application<'_>, folder: &Path) -> Vec<Finding> {
    let mut findings = Vec::new();
    let root = document.root();
    for (key, wanted) in [("apiVersion", wadm_types::OAM_VERSION), ("kind", wadm_types::APPLICATION_KIND)] {
        let spot = root.get(key);
        if spot.text() != Some(wanted) {
            findings.push(Finding::error(spot.place(), format!("`{key}` has to be `{wanted}`")));
        }
    }
    if application.name.text().is_none() {
        findings.push(Finding::error(
            root.get("metadata").place(),
            "`metadata` has no `name`, by which wadm knows the application",
        ));
    }
    if application.parts.is_empty() {
        findings.push(Finding::error(
            root.get("spec").place(),
            "`spec.components` has to be a list with at least one component",
        ));
    }
    let mut names = BTreeMap::new();
    for part in &application.parts {
        match part.name.text() {
            None => findings.push(Finding::error(part.name.place(), "a component has no `name`")),
            Some(name) => {
                if let Some(first) = names.insert(name, part.name.place().line) {
                    let reason = format!("the component `{name}` is already in line {first}");
                    findings.push(Finding::error(part.name.place(), reason));
                }
            }
        }
        image(part, folder, &mut findings);
        scale(part, &mut findings);
    }
    configuration(application, &mut findings);
    findings
}

fn image(part: &Part<'_>, folder: &Path, findings: &mut Vec<Finding>) {
    let Some(path) = part.image.text().and_then(file_of) else { return };
    if !folder.join(&path).is_file() {
        let reason = format!(
            "there is no file `{}` (seen from the folder of the manifest): build it first, or write where it is",
            path.display()
        );
        findings.push(Finding::error(part.image.place(), reason));
    }
}

fn scale(part: &Part<'_>, findings: &mut Vec<Finding>) {
    let name = part.name.text().unwrap_or_default();
    if part.scalers.is_empty() {
        let reason = format!("`{name}` has neither spreadscaler nor daemonscaler, so nothing starts it");
        findings.push(Finding::error(part.name.place(), reason));
    }
    for scaler in &part.scalers {
        for (key, wanted) in scaler.unknown() {
            let reason =
                format!("a scaler has no `{}`, only {wanted}: wadm would ignore all of it", key.text().unwrap_or("?"));
            findings.push(Finding::error(key.place(), reason));
        }
        match scaler.instances.number() {
            Some(0) => findings
                .push(Finding::warning(scaler.instances.place(), format!("`{name}` never runs with 0 instances"))),
            Some(1) if part.kind.text() == Some("component") => {
                let reason = format!("with 1 instance every call of `{name}` waits for the one before it: give it 100");
                findings.push(Finding::warning(scaler.instances.place(), reason));
            }
            Some(2..) | Some(1) => {}
            _ => findings.push(Finding::error(scaler.instances.place(), "`instances` has to be a whole number")),
        }
    }
}

/// A component whose configuration does not exist is not started, and nobody says why.
fn configuration(application: &Application<'_>, findings: &mut Vec<Finding>) {
    let of_links = application.parts.iter().flat_map(|part| &part.links).flat_map(|link| &link.config);
    let mut all: Vec<&Config<'_>> = application.parts.iter().flat_map(|part| &part.config).chain(of_links).collect();
    all.sort_by_key(|config| config.name.place());
    let mut defined: BTreeMap<&str, Spot<'_>> = BTreeMap::new();
    for config in all.iter().filter(|config| config.properties.exists()) {
        let Some(name) = config.name.text() else {
            findings.push(Finding::error(config.name.place(), "a configuration has no `name`"));
            continue;
        };
        if let Some(first) = defined.insert(name, config.name) {
            let reason = format!(
                "the configuration `{name}` is already in line {}: one would overwrite the other",
                first.place().line
            );
            findings.push(Finding::error(config.name.place(), reason));
        }
        for (key, value) in config.properties.entries().filter(|(_, value)| value.text().is_none()) {
            let key = key.text().unwrap_or("?");
            findings.push(Finding::error(
                value.place(),
                format!("the value of `{key}` has to be a string: put it in quotes"),
            ));
        }
    }
    for config in all.iter().filter(|config| !config.properties.exists()) {
        let name = config.name.text().unwrap_or("?");
        let reason = match defined.get(name) {
            Some(first) => format!(
                "`{name}` without `properties` is a configuration of the whole lattice, not the one in line {}: repeat its properties \
                 under a name of its own",
                first.place().line
            ),
            None => format!(
                "the configuration `{name}` is defined nowhere: give it `properties`, or what it is for does not start"
            ),
        };
        findings.push(Finding::error(config.name.place(), reason));
    }
}
