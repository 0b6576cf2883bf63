//! The components that are linked to this provider.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use serde::Deserialize;

use crate::names::is_component_id;

/// A link, as hosts describe it to a provider: what this one needs of it.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(crate) struct Link {
    source_id: String,
    target: String,
    wit_namespace: String,
    wit_package: String,
    interfaces: Vec<String>,
}

/// The ids of all components that are linked.
pub(crate) struct Links {
    provider: String,
    sources: RwLock<BTreeSet<String>>,
}

impl Links {
    pub(crate) fn new(provider: &str, links: &[Link]) -> Self {
        let all = Self { provider: provider.to_owned(), sources: RwLock::default() };
        links.iter().for_each(|link| all.put(link));
        all
    }

    /// Whether a component is linked.
    pub(crate) fn has(&self, component: &str) -> bool {
        self.sources.read().unwrap_or_else(PoisonError::into_inner).contains(component)
    }

    pub(crate) fn put(&self, link: &Link) {
        if !self.is_own(link) {
            return;
        }
        if !is_component_id(&link.source_id) {
            tracing::warn!(
                "the link of `{}` is ignored: its id has to have letters, digits, `-` and `_` only, 128 at most",
                link.source_id.escape_debug()
            );
            return;
        }
        self.sources.write().unwrap_or_else(PoisonError::into_inner).insert(link.source_id.clone());
    }

    pub(crate) fn delete(&self, link: &Link) {
        if self.is_own(link) {
            self.sources.write().unwrap_or_else(PoisonError::into_inner).remove(&link.source_id);
        }
    }

    fn is_own(&self, link: &Link) -> bool {
        let is_state = link.interfaces.iter().any(|interface| interface == "state");
        link.target == self.provider && link.wit_namespace == "wasmcp" && link.wit_package == "mcp" && is_state
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(source_id: &str, target: &str, interfaces: &[&str]) -> Link {
        Link {
            source_id: source_id.to_owned(),
            target: target.to_owned(),
            wit_namespace: "wasmcp".to_owned(),
            wit_package: "mcp".to_owned(),
            interfaces: interfaces.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_component_is_linked_by_a_link_to_this_provider_with_this_interface_until_it_is_deleted() {
        let links = Links::new("state", &[link("a", "state", &["http", "state"]), link("a.b", "state", &["state"])]);
        for other in [
            link("b", "other", &["state"]),
            link("c", "state", &["tools"]),
            link("*", "state", &["state"]),
            Link { wit_package: "keyvalue".to_owned(), ..link("d", "state", &["state"]) },
            Link { wit_namespace: "wasi".to_owned(), ..link("e", "state", &["state"]) },
        ] {
            links.put(&other);
            assert!(!links.has(&other.source_id), "{other:?}");
        }
        assert!(links.has("a") && !links.has("a.b"));
        links.delete(&link("a", "other", &["state"]));
        assert!(links.has("a"));
        links.delete(&link("a", "state", &["state"]));
        assert!(!links.has("a"));
    }
}
