//! Providers behind one transport, each a component of its own: how the tests of five languages compose and deploy them.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Value, json};
use wasmcp_tests::{Built, Lattice, free_address, scratch};

use crate::{DEADLINE, LINK};

/// A provider, whose names have the prefix of its language.
pub(crate) struct Provider<'a> {
    pub(crate) name: String,
    pub(crate) built: &'a Built,
    /// Its settings, by keys without its name. The last value of a key counts.
    pub(crate) settings: Vec<(&'a str, &'a str)>,
    /// Its links to what it calls, as the manifest has them.
    pub(crate) links: &'static str,
    /// How many calls a host takes at once. None runs with 0.
    pub(crate) instances: u32,
}

impl Provider<'_> {
    /// Its name and its prefix.
    fn prefixed(&self) -> String {
        format!("{}={}", self.name, self.built.prefix())
    }
}

/// What is composed of providers, and the address of the transport before them.
pub(crate) struct Deployment {
    name: &'static str,
    parts: PathBuf,
    address: SocketAddr,
}

impl Deployment {
    /// Composes the providers. What is made for the deployment has its name.
    pub(crate) fn of(name: &'static str, providers: &[Provider<'_>]) -> Result<Deployment> {
        let named: Vec<String> = providers.iter().map(|provider| provider.built.named(&provider.name)).collect();
        let prefixes: Vec<String> =
            providers.iter().map(|provider| format!("--prefix={}", provider.prefixed())).collect();
        let parts = Lattice::composed(&format!("{name}-parts"), &texts(&named), &texts(&prefixes))?;
        Ok(Deployment { name, parts, address: free_address()? })
    }

    /// Writes a manifest of the providers, with these settings of the transport.
    pub(crate) fn manifest(&self, transport: &[(&str, &str)], providers: &[Provider<'_>]) -> Result<PathBuf> {
        let prefixed: Vec<String> = providers.iter().map(Provider::prefixed).collect();
        let prefixed = prefixed.join(",");
        let router = [("router.providers", prefixed.as_str())];
        let settings = router.iter().chain(transport).map(|(key, value)| ((*key).to_owned(), *value));
        let mut text = include_str!("../../lattice/languages.yaml")
            .replace("{address}", &self.address.to_string())
            .replace("{settings}", &object(settings));
        text.extend(providers.iter().map(|provider| LINK.replace("weather", &provider.name)));
        for Provider { name, settings, links, instances, .. } in providers {
            let settings = settings.iter().map(|(key, value)| (format!("{name}.{key}"), *value));
            text += &include_str!("../../lattice/language.yaml")
                .replace("{name}", name)
                .replace("{settings}", &object(settings))
                .replace("{instances}", &instances.to_string());
            text += links;
        }
        let file = scratch(&format!("{}.yaml", self.name))?;
        std::fs::write(&file, text.replace("{parts}", &self.parts.display().to_string()))?;
        Ok(file)
    }

    /// Starts a lattice that serves the manifest.
    pub(crate) fn up(&self, manifest: &Path) -> Result<Lattice> {
        let port = self.address.port().to_string();
        Lattice::up(self.name, manifest, &["--port", &port, "--deadline", DEADLINE])
    }
}

fn texts(all: &[String]) -> Vec<&str> {
    all.iter().map(String::as_str).collect()
}

/// Settings as an object of JSON, which is YAML too.
fn object<'a>(settings: impl Iterator<Item = (String, &'a str)>) -> String {
    Value::Object(settings.map(|(key, value)| (key, json!(value))).collect()).to_string()
}
