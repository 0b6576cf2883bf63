//! The manifest that is deployed: as it is in its file, but for the address of the HTTP server.

use std::net::SocketAddr;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_yaml::Value;
use wash_lib::app::{AppManifest, AppManifestSource, load_app_manifest};

/// A manifest whose images are found from anywhere.
pub struct Manifest(Value);

impl Manifest {
    /// Reads it, as `wash app deploy` does.
    pub async fn load(path: &Path) -> Result<Self> {
        match load_app_manifest(AppManifestSource::File(path.to_owned())).await? {
            AppManifest::SerializedModel(value) => Ok(Self(value)),
            AppManifest::ModelName(_) => bail!("{} is not a manifest", path.display()),
        }
    }

    /// Where its HTTP server listens.
    pub fn address(&self) -> Result<SocketAddr> {
        let addresses = settings(&self.0, "address");
        let [address] = addresses.as_slice() else {
            bail!("the manifest has {} configurations with `address`, and one HTTP server needs one", addresses.len())
        };
        address.parse().with_context(|| format!("`{address}` is not an address with a port"))
    }

    /// Lets its HTTP server listen on another port.
    pub fn set_port(&mut self, port: u16) -> Result<()> {
        let old = self.address()?;
        let new = SocketAddr::new(old.ip(), port).to_string();
        replace(&mut self.0, "address", &old.to_string(), &new);
        Ok(())
    }

    /// Replaces an image.
    pub fn set_image(&mut self, old: &str, new: &str) {
        replace(&mut self.0, "image", old, new);
    }

    /// Its images.
    pub fn images(&self) -> Vec<String> {
        settings(&self.0, "image")
    }

    /// Its text, without comments.
    pub fn text(&self) -> Result<String> {
        serde_yaml::to_string(&self.0).context("the manifest cannot be written")
    }
}

/// All strings that some mapping has under the key.
fn settings(value: &Value, wanted: &str) -> Vec<String> {
    match value {
        Value::Mapping(mapping) => mapping
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key.as_str() == Some(wanted) => vec![text.clone()],
                other => settings(other, wanted),
            })
            .collect(),
        Value::Sequence(items) => items.iter().flat_map(|item| settings(item, wanted)).collect(),
        _ => Vec::new(),
    }
}

fn replace(value: &mut Value, wanted: &str, old: &str, new: &str) {
    match value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping.iter_mut() {
                match value {
                    Value::String(text) if key.as_str() == Some(wanted) && text == old => *text = new.to_owned(),
                    other => replace(other, wanted, old, new),
                }
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| replace(item, wanted, old, new)),
        _ => {}
    }
}
