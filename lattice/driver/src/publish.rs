//! Pushes components and the contract to an OCI registry.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result};
use wash_lib::registry::{OciPushOptions, push_oci_artifact};
use wit_parser::Resolve;

use crate::manifest::Manifest;

/// What is pushed of the folder of components.
const COMPONENTS: [&str; 4] = ["transport", "calculator", "weather", "mcp-http-server"];
/// The version of the components, which is that of the product.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where to push.
pub struct Registry {
    /// Its name or address, with a port.
    pub address: String,
    /// Without TLS.
    pub insecure: bool,
}

/// Pushes all; returns the references, with a digest, by name.
pub async fn all(registry: &Registry, components: &Path, wit: &Path) -> Result<BTreeMap<String, String>> {
    let mut published = BTreeMap::new();
    for name in COMPONENTS {
        let file = components.join(format!("{name}.wasm"));
        published.insert(name.to_owned(), push(registry, &format!("wasmcp/{name}"), VERSION, &file).await?);
    }
    let (package, version, bytes) = contract(wit)?;
    let file = components.join("wit.wasm");
    std::fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    // Where `wkg` looks for a package: its namespace, then its name.
    published.insert(package.clone(), push(registry, &package.replace(':', "/"), &version, &file).await?);
    Ok(published)
}

/// Writes the manifest with the images of a registry instead of files.
pub async fn write_manifest(manifest: &Path, published: &BTreeMap<String, String>, output: &Path) -> Result<()> {
    let mut changed = Manifest::load(manifest).await?;
    for image in changed.images() {
        let name = Path::new(&image).file_stem().and_then(|stem| stem.to_str());
        if let (true, Some(reference)) = (image.starts_with("file:"), name.and_then(|name| published.get(name))) {
            changed.set_image(&image, reference);
        }
    }
    let text = format!("# Written by `make publish` from {}.\n{}", manifest.display(), changed.text()?);
    std::fs::write(output, text).with_context(|| format!("cannot write {}", output.display()))
}

async fn push(registry: &Registry, repository: &str, version: &str, file: &Path) -> Result<String> {
    let url = format!("{}/{repository}", registry.address);
    let options = OciPushOptions { insecure: registry.insecure, ..OciPushOptions::default() };
    let (_tag, digest) = push_oci_artifact(format!("{url}:{version}"), file, options)
        .await
        .with_context(|| format!("cannot push {} to {url}", file.display()))?;
    Ok(format!("{url}@{digest}"))
}

/// The contract as a package: its name, its version and the package encoded.
fn contract(folder: &Path) -> Result<(String, String, Vec<u8>)> {
    let mut resolve = Resolve::default();
    let (id, _) = resolve.push_dir(folder).with_context(|| format!("{} is no WIT package", folder.display()))?;
    let package = resolve.packages.get(id).context("the package is lost")?;
    let name = format!("{}:{}", package.name.namespace, package.name.name);
    let version = package.name.version.as_ref().context("the contract has no version")?.to_string();
    let bytes = wit_component::encode(&resolve, id, false).context("the contract cannot be encoded")?;
    Ok((name, version, bytes))
}
