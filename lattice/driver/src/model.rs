//! What a manifest says, as far as the checks and the driver ask, each thing with its place.

use std::path::PathBuf;

use reqwest::Url;

use crate::yaml::{Document, Spot};

/// The image by which a manifest asks for the HTTP server inside the host.
pub const HTTP_SERVER: &str = "wasmcloud+builtin://http-server";
/// The image by which a manifest asks for the HTTP client inside the host.
pub const HTTP_CLIENT: &str = "wasmcloud+builtin://http-client";
/// The key of the transport's configuration that names the providers.
pub const PROVIDERS: &str = "router.providers";

/// An application.
pub struct Application<'a> {
    /// Its name.
    pub name: Spot<'a>,
    /// Its parts.
    pub parts: Vec<Part<'a>>,
}

/// A component, or a capability provider.
pub struct Part<'a> {
    /// Its name.
    pub name: Spot<'a>,
    /// `component` or `capability`.
    pub kind: Spot<'a>,
    /// Where its code is.
    pub image: Spot<'a>,
    /// Its configurations.
    pub config: Vec<Config<'a>>,
    /// Whom it calls.
    pub links: Vec<Link<'a>>,
    /// How many of it, and where.
    pub scalers: Vec<Scaler<'a>>,
}

/// A named configuration, of a part or of an end of a link.
pub struct Config<'a> {
    /// Its name.
    pub name: Spot<'a>,
    /// Its keys and values; missing if it is defined elsewhere.
    pub properties: Spot<'a>,
}

/// A link from the part in which it stands.
pub struct Link<'a> {
    /// Where it begins.
    pub spot: Spot<'a>,
    /// Its name; `default` if it has none.
    pub name: Spot<'a>,
    /// The namespace of its interfaces.
    pub namespace: Spot<'a>,
    /// Their package.
    pub package: Spot<'a>,
    /// Their names.
    pub interfaces: Spot<'a>,
    /// The part that is called.
    pub target: Spot<'a>,
    /// The caller's and the called one's configuration for it.
    pub config: Vec<Config<'a>>,
}

/// How many of a part, and on which hosts.
pub struct Scaler<'a> {
    spot: Spot<'a>,
    /// How many: instances at once, for a component.
    pub instances: Spot<'a>,
    /// The labels that hosts must have, for each spread.
    pub requirements: Vec<Spot<'a>>,
}

impl<'a> Application<'a> {
    /// What the document says.
    pub fn read(document: &'a Document) -> Self {
        let root = document.root();
        Self {
            name: root.get("metadata").get("name"),
            parts: root.get("spec").get("components").items().map(Part::read).collect(),
        }
    }

    /// The part with that name.
    pub fn part(&self, name: &str) -> Option<&Part<'a>> {
        self.parts.iter().find(|part| part.name.text() == Some(name))
    }

    /// Flags that a host needs, to run any of the parts.
    pub fn features(&self) -> Vec<&'static str> {
        let mut features: Vec<_> = self.parts.iter().flat_map(Part::features).collect();
        features.sort_unstable();
        features.dedup();
        features
    }

    /// Whether some part wants a host with the label `role` of that value.
    pub fn wants_role(&self, role: &str) -> bool {
        self.parts.iter().any(|part| part.roles().any(|wanted| wanted == role))
    }
}

impl<'a> Part<'a> {
    fn read(spot: Spot<'a>) -> Self {
        let properties = spot.get("properties");
        let of_kind = |wanted: &'static [&'static str]| {
            let traits = spot.get("traits").items();
            traits.filter(move |each| each.get("type").text().is_some_and(|kind| wanted.contains(&kind)))
        };
        Self {
            name: spot.get("name"),
            kind: spot.get("type"),
            image: properties.get("image"),
            config: properties.get("config").items().map(Config::read).collect(),
            links: of_kind(&["link"]).map(|each| Link::read(each.get("properties"))).collect(),
            scalers: of_kind(&["spreadscaler", "daemonscaler"])
                .map(|each| Scaler::read(each.get("properties")))
                .collect(),
        }
    }

    /// Flags that its host needs. Without one, a host starts it wrongly or says nothing and does not start it.
    pub fn features(&self) -> Vec<&'static str> {
        features(self.image.text(), self.provider_links().next().is_some())
    }

    /// Its links to providers of this contract: if it has any, the router is in it.
    pub fn provider_links(&self) -> impl Iterator<Item = &Link<'a>> {
        self.links.iter().filter(|link| {
            is_contract(link.namespace.text().unwrap_or_default(), link.package.text().unwrap_or_default())
        })
    }

    /// The values of the label `role` that it wants of hosts.
    pub fn roles(&self) -> impl Iterator<Item = &'a str> {
        let requirements = self.scalers.iter().flat_map(|scaler| &scaler.requirements);
        requirements.filter_map(|each| each.get("role").text())
    }

    /// The value of a key in any of its configurations.
    pub fn setting(&self, key: &str) -> Option<Spot<'a>> {
        self.config.iter().map(|config| config.properties.get(key)).find(|value| value.exists())
    }
}

impl<'a> Config<'a> {
    fn read(spot: Spot<'a>) -> Self {
        Self { name: spot.get("name"), properties: spot.get("properties") }
    }
}

impl<'a> Link<'a> {
    fn read(spot: Spot<'a>) -> Self {
        let target = spot.get("target");
        let ends = [spot.get("source"), target].into_iter();
        Self {
            spot,
            name: spot.get("name"),
            namespace: spot.get("namespace"),
            package: spot.get("package"),
            interfaces: spot.get("interfaces"),
            // The older form has the name alone.
            target: if target.is_mapping() { target.get("name") } else { target },
            config: ends.flat_map(|end| end.get("config").items().map(Config::read).collect::<Vec<_>>()).collect(),
        }
    }

    /// Its name, by which the caller says whom it calls.
    pub fn name(&self) -> &'a str {
        self.name.text().unwrap_or("default")
    }
}

impl<'a> Scaler<'a> {
    fn read(spot: Spot<'a>) -> Self {
        Self {
            spot,
            instances: spot.get("instances"),
            requirements: spot.get("spread").items().map(|spread| spread.get("requirements")).collect(),
        }
    }

    /// Keys that mean nothing, each with those that do.
    pub fn unknown(&self) -> impl Iterator<Item = (Spot<'a>, &'static str)> {
        let here = self.spot.entries().map(|(key, _)| (key, &["instances", "replicas", "spread"][..]));
        let spreads = self.spot.get("spread").items().flat_map(|spread| spread.entries());
        let there = spreads.map(|(key, _)| (key, &["name", "requirements", "weight"][..]));
        let unknown = here.chain(there).filter(|(key, known)| !key.text().is_some_and(|key| known.contains(&key)));
        unknown.map(|(key, known)| {
            (key, if known.contains(&"spread") { "instances and spread" } else { "name, requirements and weight" })
        })
    }
}

/// Whether a link is one to providers, by the package of its interfaces.
pub(crate) fn is_contract(namespace: &str, package: &str) -> bool {
    (namespace, package) == ("wasmcp", "mcp")
}

/// The file that an image stands for. A whole URL may have `%20` for a space; what is relative is taken as it is, as wash does.
pub(crate) fn file_of(image: &str) -> Option<PathBuf> {
    let path = image.strip_prefix("file://")?;
    match Url::parse(image) {
        Ok(url) if path.starts_with('/') => url.to_file_path().ok(),
        _ => Some(path.into()),
    }
}

/// Flags that the host of a part needs, by its image and whether it calls providers.
pub(crate) fn features(image: Option<&str>, calls_providers: bool) -> Vec<&'static str> {
    match image {
        Some(HTTP_SERVER) => vec!["builtin-http-server"],
        Some(HTTP_CLIENT) => vec!["builtin-http-client"],
        _ if calls_providers => vec!["rpc-interface"],
        _ => Vec::new(),
    }
}

/// What wadm calls a part on the lattice, unless the manifest says it by `id`.
pub fn component_id(application: &str, id: Option<&str>, name: &str) -> String {
    let plain = |text: &str| text.to_lowercase().replace(|each: char| !each.is_ascii_alphanumeric(), "_");
    id.map_or_else(|| format!("{}-{}", plain(application), plain(name)), str::to_owned)
}

/// The providers that a value of [`PROVIDERS`] names, if the router takes it: the link, and what goes before the names of its tools.
pub fn names(value: &str) -> Vec<(String, String)> {
    let Ok(config) = router::Config::from_settings(|key| (key == "providers").then(|| value.to_owned())) else {
        return Vec::new();
    };
    config.providers().map(|(link, prefix)| (link.to_owned(), prefix.unwrap_or_default().to_owned())).collect()
}
