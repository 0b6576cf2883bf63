//! The parts of a manifest that the checks and the driver read, each value with its position.
//!
//! Nothing here is checked: a value may be absent or of another type than wadm wants. [`super::validate`] reports both.

use super::contract::{STATE, is_contract_package};
use super::document::{Document, Node};
use super::image::required_features;

/// The application that a manifest describes.
pub struct Application<'a> {
    /// Its name.
    pub name: Node<'a>,
    /// What it consists of, in the order of the file.
    pub components: Vec<Component<'a>>,
}

/// An entry of `spec.components`: a WebAssembly component or a capability provider.
pub struct Component<'a> {
    /// Its name.
    pub name: Node<'a>,
    /// Its id on the lattice; mostly absent, so that wadm makes one.
    pub id: Node<'a>,
    /// `component` or `capability`.
    pub kind: Node<'a>,
    /// The image of its code.
    pub image: Node<'a>,
    /// Its configurations.
    pub configurations: Vec<Configuration<'a>>,
    /// The links to what it calls.
    pub links: Vec<LinkTrait<'a>>,
    /// How many instances of it run, and where.
    pub scalers: Vec<ScalerTrait<'a>>,
}

/// A named configuration, of a component or of an end of a link.
pub struct Configuration<'a> {
    /// Its name.
    pub name: Node<'a>,
    /// Its keys and values; absent if it is defined outside of the manifest.
    pub properties: Node<'a>,
}

/// A link from the component that has it as a trait.
pub struct LinkTrait<'a> {
    /// The properties of the trait.
    pub node: Node<'a>,
    /// Its name; absent for `default`.
    pub name: Node<'a>,
    /// The namespace of its interfaces.
    pub namespace: Node<'a>,
    /// The package of its interfaces.
    pub package: Node<'a>,
    /// The names of its interfaces.
    pub interfaces: Node<'a>,
    /// The name of the component that is called.
    pub target: Node<'a>,
    /// The configurations for it, of the source and of the target.
    pub configurations: Vec<Configuration<'a>>,
}

/// How many instances of a component run, and on which hosts.
pub struct ScalerTrait<'a> {
    node: Node<'a>,
    /// Whether this many instances run on every host that fits (a daemonscaler), and not on one of them (a spreadscaler).
    pub is_daemon: bool,
    /// The number of instances. Of a component: how many calls it takes at once.
    pub instances: Node<'a>,
    /// For each spread, the labels that a host must have.
    pub requirements: Vec<Node<'a>>,
}

impl<'a> Application<'a> {
    /// The application of a document.
    pub(super) fn read(document: &'a Document) -> Self {
        let root = document.root();
        Self {
            name: root.get("metadata").get("name"),
            components: root.get("spec").get("components").items().map(Component::read).collect(),
        }
    }

    /// The component with that name.
    pub fn component(&self, name: &str) -> Option<&Component<'a>> {
        self.components.iter().find(|component| component.name.text() == Some(name))
    }

    /// All configurations, of components and of links.
    pub fn configurations(&self) -> impl Iterator<Item = &Configuration<'a>> {
        self.components.iter().flat_map(|component| {
            component.configurations.iter().chain(component.links.iter().flat_map(|link| &link.configurations))
        })
    }
}

impl<'a> Component<'a> {
    fn read(node: Node<'a>) -> Self {
        let properties = node.get("properties");
        let traits = |kind: &'static str| {
            let has_kind = move |each: &Node<'a>| each.get("type").text() == Some(kind);
            node.get("traits").items().filter(has_kind).map(|each| each.get("properties"))
        };
        let daemons = traits("daemonscaler").map(|each| ScalerTrait::read(each, true));
        Self {
            name: node.get("name"),
            id: properties.get("id"),
            kind: node.get("type"),
            image: properties.get("image"),
            configurations: configurations(properties).collect(),
            links: traits("link").map(LinkTrait::read).collect(),
            scalers: traits("spreadscaler").map(|each| ScalerTrait::read(each, false)).chain(daemons).collect(),
        }
    }

    /// The links to providers of this contract. A component that has one contains the router.
    pub fn provider_links(&self) -> impl Iterator<Item = &LinkTrait<'a>> {
        self.links.iter().filter(|link| link.is_of_contract() && !link.is_to_state())
    }

    /// Whether it is linked to a store for its state.
    pub fn keeps_state(&self) -> bool {
        self.links.iter().any(|link| link.is_of_contract() && link.is_to_state())
    }

    /// The feature flags without which a host starts it wrongly, or does not start it and reports nothing.
    pub fn required_features(&self) -> Vec<&'static str> {
        required_features(self.image.text(), self.provider_links().next().is_some())
    }

    /// The values of the label `role` that it requires of hosts.
    pub fn roles(&self) -> impl Iterator<Item = Node<'a>> {
        let requirements = self.scalers.iter().flat_map(|scaler| &scaler.requirements);
        requirements.map(|labels| labels.get("role")).filter(|role| role.exists())
    }

    /// The keys and values of all its configurations.
    pub fn settings(&self) -> impl Iterator<Item = (Node<'a>, Node<'a>)> {
        self.configurations.iter().flat_map(|configuration| configuration.properties.entries())
    }

    /// The value of a key in the first of its configurations that has it.
    pub fn setting(&self, key: &str) -> Option<Node<'a>> {
        self.settings().find(|(known, _)| known.text() == Some(key)).map(|(_, value)| value)
    }
}

impl<'a> Configuration<'a> {
    fn read(node: Node<'a>) -> Self {
        Self { name: node.get("name"), properties: node.get("properties") }
    }
}

/// The configurations of a component or of an end of a link.
fn configurations<'a>(owner: Node<'a>) -> impl Iterator<Item = Configuration<'a>> {
    owner.get("config").items().map(Configuration::read)
}

impl<'a> LinkTrait<'a> {
    fn read(node: Node<'a>) -> Self {
        let target = node.get("target");
        Self {
            node,
            name: node.get("name"),
            namespace: node.get("namespace"),
            package: node.get("package"),
            interfaces: node.get("interfaces"),
            // wadm reads a string as the name alone.
            target: if target.is_mapping() { target.get("name") } else { target },
            configurations: configurations(node.get("source")).chain(configurations(target)).collect(),
        }
    }

    /// Whether it is for an interface of that package.
    pub fn is_of(&self, namespace: &str, package: &str, interface: &str) -> bool {
        let is_package = self.namespace.text() == Some(namespace) && self.package.text() == Some(package);
        is_package && self.interfaces.items().any(|each| each.text() == Some(interface))
    }

    fn is_of_contract(&self) -> bool {
        is_contract_package(self.namespace.text().unwrap_or_default(), self.package.text().unwrap_or_default())
    }

    /// Whether its interface is the service `state`, and no other.
    fn is_to_state(&self) -> bool {
        self.interfaces.items().next().is_some() && self.interfaces.items().all(|each| each.text() == Some(STATE))
    }

    /// The name by which the source chooses this link.
    pub fn name(&self) -> &'a str {
        self.name.text().unwrap_or(wadm_types::DEFAULT_LINK_NAME)
    }
}

impl<'a> ScalerTrait<'a> {
    fn read(node: Node<'a>, is_daemon: bool) -> Self {
        Self {
            node,
            is_daemon,
            instances: node.get("instances"),
            requirements: node.get("spread").items().map(|spread| spread.get("requirements")).collect(),
        }
    }

    /// The keys that wadm does not know, each with those that it knows in its place.
    pub fn unknown_keys(&self) -> impl Iterator<Item = (Node<'a>, &'static str)> {
        let unknown = |known: &'static [&'static str], message: &'static str| {
            move |(key, _): (Node<'a>, Node<'a>)| {
                (!key.text().is_some_and(|key| known.contains(&key))).then_some((key, message))
            }
        };
        let of_scaler = unknown(&["instances", "replicas", "spread"], "instances and spread");
        let of_spread = unknown(&["name", "requirements", "weight"], "name, requirements and weight");
        let spreads = self.node.get("spread").items().flat_map(|spread| spread.entries());
        self.node.entries().filter_map(of_scaler).chain(spreads.filter_map(of_spread))
    }
}
