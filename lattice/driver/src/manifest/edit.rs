//! Edits of a manifest before it is deployed or published: the port of the HTTP server, and images.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result, anyhow, bail};
use reqwest::Url;

use super::Manifest;
use super::ast::Application;
use super::document::{Node, Position};

impl Manifest {
    /// Where the HTTP server listens.
    pub fn http_address(&self) -> Result<SocketAddr> {
        let application = self.application();
        let address = http_address(&application)?;
        address.parse().with_context(|| format!("`{address}` is not an address with a port"))
    }

    /// Lets the HTTP server listen on another port.
    pub fn set_http_port(&mut self, port: u16) -> Result<()> {
        let old = self.http_address()?;
        let new = SocketAddr::new(old.ip(), port).to_string();
        let addresses = positions(http_addresses(&self.application()));
        self.replace_at(&addresses, &new);
        Ok(())
    }

    /// The images of all components, in their order.
    pub fn images(&self) -> Vec<String> {
        self.application().components.iter().filter_map(|each| each.image.text()).map(str::to_owned).collect()
    }

    /// Replaces an image wherever a component has it.
    pub fn replace_image(&mut self, old: &str, new: &str) {
        let application = self.application();
        let images = application.components.iter().map(|component| component.image);
        let images = positions(images.filter(|image| image.text() == Some(old)));
        self.replace_at(&images, new);
    }

    /// Turns relative `file://` URLs into absolute ones, as `wash app deploy` does, so that hosts find them from any folder.
    pub fn make_paths_absolute(&mut self) -> Result<()> {
        let folder = self.folder.canonicalize().with_context(|| format!("cannot find {}", self.folder.display()))?;
        let mut missing = None;
        self.document.replace_strings(|_, text| match absolute_url(&folder, text)? {
            Ok(url) => Some(url),
            Err(error) => {
                missing.get_or_insert(error);
                None
            }
        });
        missing.map_or(Ok(()), Err)
    }

    fn replace_at(&mut self, positions: &[Position], new: &str) {
        self.document.replace_strings(|position, _| positions.contains(&position).then(|| new.to_owned()));
    }
}

fn positions<'a>(nodes: impl Iterator<Item = Node<'a>>) -> Vec<Position> {
    nodes.map(Node::position).collect()
}

/// The values of all configurations with the key `address`.
fn http_addresses<'a>(application: &Application<'a>) -> impl Iterator<Item = Node<'a>> {
    application
        .configurations()
        .map(|configuration| configuration.properties.get("address"))
        .filter(|address| address.text().is_some())
}

fn http_address<'a>(application: &Application<'a>) -> Result<&'a str> {
    let addresses: Vec<&str> = http_addresses(application).filter_map(Node::text).collect();
    match addresses.as_slice() {
        [address] => Ok(address),
        _ => bail!("the manifest has {} configurations with `address`, and one HTTP server needs one", addresses.len()),
    }
}

/// The absolute URL of a relative one; none for any other text.
fn absolute_url(folder: &Path, text: &str) -> Option<Result<String>> {
    let relative = text.strip_prefix("file://").filter(|path| !path.is_empty() && !path.starts_with('/'))?;
    let path = folder.join(relative);
    if !path.exists() {
        return Some(Err(anyhow!("there is no file {}, which the manifest has as `{text}`", path.display())));
    }
    Url::from_file_path(&path).ok().map(|url| Ok(url.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTS: &str = include_str!("../../../../wadm.hosts.yaml");

    #[test]
    fn the_port_is_changed_and_nothing_else() {
        let mut manifest = Manifest::parse(HOSTS, Path::new(".")).unwrap();
        let before = manifest.to_yaml().unwrap();
        manifest.set_http_port(9090).unwrap();
        assert_eq!(manifest.http_address().unwrap().to_string(), "127.0.0.1:9090");
        assert_eq!(manifest.to_yaml().unwrap(), before.replace("127.0.0.1:8080", "127.0.0.1:9090"));
    }

    #[test]
    fn two_addresses_or_none_are_refused() {
        let doubled = HOSTS.replace(
            "transport.wasm\n        config:",
            "transport.wasm\n        config:\n          - {name: a, properties: {address: b}}",
        );
        for (text, expected) in
            [(doubled, "has 2 configurations"), (HOSTS.replace("address: ", "port: "), "has 0 conf")]
        {
            let error = Manifest::parse(&text, Path::new(".")).unwrap().http_address().unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }

    #[test]
    fn relative_files_become_absolute_and_missing_ones_are_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a b.wasm"), "").unwrap();
        let root = Url::from_file_path(folder.path().canonicalize().unwrap()).unwrap();
        for (image, expected) in [
            ("file://./a b.wasm", Ok(format!("{root}/a%20b.wasm"))),
            ("file:///x/y.wasm", Ok("file:///x/y.wasm".to_owned())),
            ("registry.example/a:1", Ok("registry.example/a:1".to_owned())),
            ("file://gone.wasm", Err("gone.wasm, which the manifest has as `file://gone.wasm`")),
        ] {
            let text = format!("spec: {{components: [{{name: a, properties: {{image: '{image}'}}}}]}}");
            let mut manifest = Manifest::parse(&text, folder.path()).unwrap();
            match (manifest.make_paths_absolute(), expected) {
                (Ok(()), Ok(expected)) => assert_eq!(manifest.images(), [expected]),
                (Err(error), Err(expected)) => assert!(error.to_string().contains(expected), "{error}"),
                (found, expected) => panic!("{image}: {found:?} instead of {expected:?}"),
            }
        }
    }
}
