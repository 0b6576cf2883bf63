//! What a manifest demands of a lattice: which components run where, who is linked to whom, and how long calls may take.

use std::collections::BTreeMap;

use serde::Serialize;

use super::ast::{Application, Component};
use super::document::Node;
use super::settings::{DeclaredProvider, PROVIDERS, Timeouts, declared_providers, is_transport, transport_timeouts};

/// A link on the lattice, between component ids.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct Link {
    /// The component that calls.
    pub source: String,
    /// The name by which the source chooses it.
    pub name: String,
    /// The component that is called.
    pub target: String,
    /// The interfaces that may be called, as `NAMESPACE:PACKAGE/INTERFACE`.
    pub interfaces: Vec<String>,
}

impl Application<'_> {
    /// The flags that a host needs to run all components.
    pub fn required_features(&self) -> Vec<&'static str> {
        let mut features: Vec<_> = self.components.iter().flat_map(Component::required_features).collect();
        features.sort_unstable();
        features.dedup();
        features
    }

    /// Whether any component requires hosts with that value of the label `role`.
    pub fn requires_role(&self, role: &str) -> bool {
        self.components.iter().flat_map(Component::roles).any(|required| required.text() == Some(role))
    }

    /// The id of a component on the lattice.
    pub fn component_id(&self, component: &Component<'_>) -> String {
        let name = component.name.text().unwrap_or_default();
        component.id.text().map_or_else(|| self.generated_id(name), str::to_owned)
    }

    /// The id that wadm makes for a component without one.
    fn generated_id(&self, name: &str) -> String {
        let plain = |text: &str| text.to_lowercase().replace(|each: char| !each.is_ascii_alphanumeric(), "_");
        format!("{}-{}", plain(self.name.text().unwrap_or_default()), plain(name))
    }

    /// The links of all components.
    pub fn links(&self) -> Vec<Link> {
        let id_of = |name: &str| {
            self.component(name).map_or_else(|| self.generated_id(name), |component| self.component_id(component))
        };
        let mut links = Vec::new();
        for component in &self.components {
            links.extend(component.links.iter().map(|link| {
                let text = |node: Node<'_>| node.text().unwrap_or_default().to_owned();
                let package = format!("{}:{}", text(link.namespace), text(link.package));
                let interfaces = link.interfaces.items().filter_map(|interface| interface.text());
                Link {
                    source: self.component_id(component),
                    name: link.name().to_owned(),
                    target: id_of(&text(link.target)),
                    interfaces: interfaces.map(|interface| format!("{package}/{interface}")).collect(),
                }
            }));
        }
        links
    }

    /// The longest times of any transport.
    pub fn timeouts(&self) -> Timeouts {
        let transports = self.components.iter().filter(|component| is_transport(component));
        // Settings that cannot be read were refused by the checks before, or belong to another program.
        let all = transports.filter_map(|component| transport_timeouts(component).ok());
        all.reduce(|a, b| Timeouts { call_ms: a.call_ms.max(b.call_ms), request_ms: a.request_ms.max(b.request_ms) })
            .unwrap_or_default()
    }
}

impl Component<'_> {
    /// The providers that this component is configured to call.
    pub(crate) fn declared_providers(&self) -> Vec<DeclaredProvider> {
        let value = self.setting(PROVIDERS).and_then(|value| value.text());
        value.map(declared_providers).unwrap_or_default()
    }

    /// The labels that each spread requires. No spread at all accepts every host.
    pub(crate) fn required_labels(&self) -> Vec<BTreeMap<&str, &str>> {
        let spreads = self.scalers.iter().flat_map(|scaler| &scaler.requirements);
        spreads
            .map(|labels| labels.entries().filter_map(|(key, value)| key.text().zip(value.text())).collect())
            .collect()
    }

    /// Whether a host with those labels may run it.
    pub(crate) fn fits_labels(&self, labels: &BTreeMap<String, String>) -> bool {
        self.fits(|key, value| labels.get(key).is_some_and(|label| label == value))
    }

    /// Whether a host with that value of the label `role`, and with any other labels, may run it.
    pub(crate) fn fits_role(&self, role: &str) -> bool {
        self.fits(|key, value| key != "role" || value == role)
    }

    fn fits(&self, has_label: impl Fn(&str, &str) -> bool) -> bool {
        let required = self.required_labels();
        required.is_empty() || required.iter().any(|labels| labels.iter().all(|(key, value)| has_label(key, value)))
    }

    /// Whether it runs on every host that fits.
    pub(crate) fn runs_on_every_host(&self) -> bool {
        self.scalers.iter().any(|scaler| scaler.is_daemon)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::manifest::Manifest;

    const HOSTS: &str = include_str!("../../../../wadm.hosts.yaml");
    const ONE_FILE: &str = include_str!("../../../../wadm.one-file.yaml");

    #[test]
    fn the_times_are_those_of_the_transport() {
        let providers = "router.providers: calculator,weather\n";
        let other = "weather.timeout-ms: \"5000\"\n";
        let set = |text: &str, after: &str| {
            let key = "              transport.call-timeout-ms: \"90000\"\n";
            text.replace(after, &format!("{after}{key}"))
        };
        for (text, expected) in [
            (HOSTS.to_owned(), (30_000, 600_000)),
            (set(HOSTS, providers), (90_000, 600_000)),
            (ONE_FILE.to_owned(), (30_000, 600_000)),
            (set(ONE_FILE, other), (90_000, 600_000)),
        ] {
            let found = Manifest::parse(&text, Path::new(".")).unwrap().application().timeouts();
            assert_eq!((found.call_ms, found.request_ms), expected, "{text}");
        }
    }

    #[test]
    fn what_wadm_returns_demands_the_same_as_the_file() {
        let with_id =
            HOSTS.replace("image: file://./target/lattice/weather", "id: forecast\n        image: file://./x/weather");
        for text in [HOSTS, &with_id, ONE_FILE] {
            let file = Manifest::parse(text, Path::new(".")).unwrap();
            let stored = Manifest::from_wadm(&serde_yaml::from_str(text).unwrap()).unwrap();
            let (file, stored) = (file.application(), stored.application());
            assert_eq!(file.links(), stored.links());
            assert_eq!(file.timeouts(), stored.timeouts());
            assert_eq!(file.components.len(), stored.components.len());
            for (a, b) in file.components.iter().zip(&stored.components) {
                assert_eq!(file.component_id(a), stored.component_id(b));
                assert_eq!(a.required_labels(), b.required_labels());
                assert_eq!(a.runs_on_every_host(), b.runs_on_every_host());
                assert_eq!(a.required_features(), b.required_features());
                assert_eq!(a.declared_providers(), b.declared_providers());
            }
        }
    }
}
