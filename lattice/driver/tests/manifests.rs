//! The three manifests describe the same server: they differ only in what each of them is for.
#![cfg(test)]

use std::collections::BTreeMap;
use std::path::PathBuf;

use wadm_types::{ConfigProperty, LinkProperty, Manifest, Properties, TraitProperty};
use wasmcp_lattice::manifest::validate::{self, Level};

const PLAIN: &str = include_str!("../../../wadm.yaml");
const HOSTS: &str = include_str!("../../../wadm.hosts.yaml");
const ONE_FILE: &str = include_str!("../../../wadm.one-file.yaml");

/// A component without its scalers: its kind, its image, its settings, its links.
type Component = (String, String, BTreeMap<String, String>, Vec<LinkProperty>);

fn components(text: &str) -> BTreeMap<String, Component> {
    let manifest: Manifest = serde_yaml::from_str(text).unwrap();
    let of = |component: wadm_types::Component| {
        let (kind, image, config) = match component.properties {
            Properties::Component { properties } => ("component", properties.image, properties.config),
            Properties::Capability { properties } => ("capability", properties.image, properties.config),
        };
        let links = component.traits.into_iter().flatten().filter_map(|each| match each.properties {
            TraitProperty::Link(link) => Some(link),
            _ => None,
        });
        (component.name, (kind.to_owned(), image.unwrap(), settings(config), links.collect()))
    };
    manifest.spec.components.into_iter().map(of).collect()
}

fn settings(config: Vec<ConfigProperty>) -> BTreeMap<String, String> {
    config.into_iter().flat_map(|config| config.properties.unwrap()).collect()
}

#[test]
fn several_hosts_run_the_same_components_with_the_same_links_and_settings_as_one() {
    assert_eq!(components(PLAIN), components(HOSTS));
}

#[test]
fn the_one_file_has_the_settings_of_all_components_but_the_routers_and_the_links_that_leave_it() {
    let (several, mut one) = (components(PLAIN), components(ONE_FILE));
    let (kind, image, settings, links) = one.remove("mcp-http-server").unwrap();
    assert_eq!((kind.as_str(), image.as_str()), ("component", "file://./target/lattice/mcp-http-server.wasm"));

    let inside = ["transport", "calculator", "weather"];
    let of_all: BTreeMap<_, _> = inside.iter().flat_map(|name| several[*name].2.clone()).collect();
    let expected = of_all.into_iter().filter(|(key, _)| !key.starts_with("router.")).collect();
    assert_eq!(settings, expected);

    let leaving = inside.iter().flat_map(|name| several[*name].3.clone());
    let leaving: Vec<_> = leaving.filter(|link| !inside.contains(&link.target.name.as_str())).collect();
    assert_eq!(links, leaving);

    let mut others = several.clone();
    others.retain(|name, _| !inside.contains(&name.as_str()));
    others.get_mut("http-server").unwrap().3[0].target.name = "mcp-http-server".to_owned();
    assert_eq!(one, others);
}

#[test]
fn only_the_manifest_for_several_hosts_tells_hosts_apart() {
    for (text, expected) in [(PLAIN, false), (HOSTS, true), (ONE_FILE, false)] {
        let manifest: Manifest = serde_yaml::from_str(text).unwrap();
        for component in &manifest.spec.components {
            let scalers = component.traits.iter().flatten().filter_map(|each| match &each.properties {
                TraitProperty::SpreadScaler(scaler) => Some(scaler),
                _ => None,
            });
            let labelled =
                scalers.flat_map(|scaler| &scaler.spread).any(|spread| spread.requirements.contains_key("role"));
            assert_eq!(labelled, expected, "{}", component.name);
        }
    }
}

#[tokio::test]
async fn they_have_no_findings_except_files_that_are_not_built() {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    for name in ["wadm.yaml", "wadm.hosts.yaml", "wadm.one-file.yaml"] {
        let report = validate::file(&root.join(name)).await.unwrap();
        let wrong: Vec<_> = report
            .findings
            .iter()
            .filter(|finding| finding.level == Level::Warning || !finding.reason.contains("there is no file"))
            .collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
    }
}
