//! What a manifest wants of a lattice, as wadm reads it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wadm_types::{Component, DAEMONSCALER_TRAIT, LinkProperty, Manifest, Properties, TraitProperty};

use crate::inventory::Link;
use crate::model::{PROVIDERS, component_id, is_contract};

/// How long things may take by the transport's settings, in milliseconds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Timeouts {
    /// One call of a provider.
    pub call_ms: u32,
    /// A request of a client, with all its calls.
    pub request_ms: u32,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::from(&server::Config::default())
    }
}

impl From<&server::Config> for Timeouts {
    fn from(config: &server::Config) -> Self {
        Self { call_ms: config.call_timeout_ms, request_ms: config.total_timeout_ms }
    }
}

impl Timeouts {
    /// The longest of any transport.
    pub(crate) fn of(manifest: &Manifest) -> Self {
        let is_ours = |key: &str| key == PROVIDERS || key.starts_with("transport.");
        let transports = manifest.spec.components.iter().filter(|part| settings(part).any(|(key, _)| is_ours(key)));
        let get = |part: &Component, key: &str| setting(part, &format!("transport.{key}")).map(str::to_owned);
        // One that cannot be read was refused before, or is not ours.
        let configs = transports.filter_map(|part| server::Config::from_settings(|key| get(part, key)).ok());
        let all = configs.map(|config| Self::from(&config));
        all.reduce(|a, b| Self { call_ms: a.call_ms.max(b.call_ms), request_ms: a.request_ms.max(b.request_ms) })
            .unwrap_or_default()
    }
}

/// What wadm calls a part on the lattice.
pub(crate) fn id_of(manifest: &Manifest, part: &Component) -> String {
    let explicit = match &part.properties {
        Properties::Component { properties } => properties.id.as_deref(),
        Properties::Capability { properties } => properties.id.as_deref(),
    };
    component_id(&manifest.metadata.name, explicit, &part.name)
}

/// Where the code of a part is.
pub(crate) fn image_of(part: &Component) -> Option<&str> {
    match &part.properties {
        Properties::Component { properties } => properties.image.as_deref(),
        Properties::Capability { properties } => properties.image.as_deref(),
    }
}

/// The value of a key in any configuration of a component.
pub(crate) fn setting<'a>(part: &'a Component, key: &str) -> Option<&'a str> {
    settings(part).find(|(known, _)| *known == key).map(|(_, value)| value)
}

fn settings(part: &Component) -> impl Iterator<Item = (&str, &str)> {
    let configs = match &part.properties {
        Properties::Component { properties } => properties.config.as_slice(),
        Properties::Capability { .. } => &[],
    };
    let settings = configs.iter().filter_map(|config| config.properties.as_ref()).flatten();
    settings.map(|(key, value)| (key.as_str(), value.as_str()))
}

/// The links of all parts.
pub(crate) fn links(manifest: &Manifest) -> Vec<Link> {
    let parts = &manifest.spec.components;
    let id = |name: &str| {
        let part = parts.iter().find(|part| part.name == name);
        part.map_or_else(|| component_id(&manifest.metadata.name, None, name), |part| id_of(manifest, part))
    };
    let link = |part: &Component, link: &LinkProperty| {
        let package = format!("{}:{}", link.namespace, link.package);
        Link {
            source: id_of(manifest, part),
            name: link.name.clone().unwrap_or_else(|| "default".to_owned()),
            target: id(&link.target.name),
            interfaces: link.interfaces.iter().map(|interface| format!("{package}/{interface}")).collect(),
        }
    };
    parts.iter().flat_map(|part| links_from(part).map(move |each| link(part, each))).collect()
}

/// Whether a part is linked to providers of this contract: then the router is in it.
pub(crate) fn calls_providers(part: &Component) -> bool {
    links_from(part).any(|link| is_contract(&link.namespace, &link.package))
}

fn links_from(part: &Component) -> impl Iterator<Item = &LinkProperty> {
    part.traits.iter().flatten().filter_map(|each| match &each.properties {
        TraitProperty::Link(link) => Some(link),
        _ => None,
    })
}

/// The labels that each spread of a part wants.
pub(crate) fn requirements(part: &Component) -> Vec<&BTreeMap<String, String>> {
    let scalers = part.traits.iter().flatten().filter_map(|each| match &each.properties {
        TraitProperty::SpreadScaler(scaler) => Some(scaler),
        _ => None,
    });
    scalers.flat_map(|scaler| &scaler.spread).map(|spread| &spread.requirements).collect()
}

/// Whether a part is to run on every host that has its labels.
pub(crate) fn on_all(part: &Component) -> bool {
    part.traits.iter().flatten().any(|each| each.trait_type == DAEMONSCALER_TRAIT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_times_are_those_of_the_transport() {
        let shipped = include_str!("../../../wadm.hosts.yaml");
        let one_file = include_str!("../../../wadm.one-file.yaml");
        let providers = "router.providers: calculator,weather\n";
        let other = "weather.timeout-ms: \"5000\"\n";
        let set = |text: &str, after: &str| {
            let key = "              transport.call-timeout-ms: \"90000\"\n";
            text.replace(after, &format!("{after}{key}"))
        };
        for (text, wanted) in [
            (shipped.to_owned(), (30_000, 600_000)),
            (set(shipped, providers), (90_000, 600_000)),
            (one_file.to_owned(), (30_000, 600_000)),
            (set(one_file, other), (90_000, 600_000)),
        ] {
            let found = Timeouts::of(&serde_yaml::from_str(&text).unwrap());
            assert_eq!((found.call_ms, found.request_ms), wanted, "{text}");
        }
    }
}
