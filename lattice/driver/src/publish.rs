//! Pushes components and the contract to an OCI registry.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wash_lib::registry::{OciPushOptions, push_oci_artifact};
use wit_parser::Resolve;

use crate::manifest::Manifest;
use crate::model::file_of;

/// The composed file, which is pushed where it is there, whatever the manifest says.
const ONE_FILE: &str = "mcp-http-server.wasm";
/// The version of the components, which is that of the product.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Where to push.
pub struct Registry {
    /// Its name or address, with a port.
    pub address: String,
    /// Without TLS.
    pub insecure: bool,
}

/// What was pushed.
#[derive(Debug, Default)]
pub struct Published {
    /// The references, with a digest, by name.
    pub names: BTreeMap<String, String>,
    /// The same of the manifest's images, by what the manifest has.
    images: BTreeMap<String, String>,
}

/// Pushes every file that is an image of the manifest, the composed file if it is beside them, and the contract.
pub async fn all(registry: &Registry, manifest: &Path, wit: &Path) -> Result<Published> {
    let images = Manifest::load(manifest).await?.images();
    let mut published = Published::default();
    for (image, file) in files(&images)? {
        let name = stem(&file)?;
        let reference = push(registry, &format!("wasmcp/{name}"), VERSION, &file).await?;
        published.names.insert(name, reference.clone());
        if let Some(image) = image {
            published.images.insert(image, reference);
        }
    }
    let (package, version, bytes) = contract(wit)?;
    let file = std::env::temp_dir().join(format!("wasmcp-wit-{}.wasm", std::process::id()));
    std::fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    // Where `wkg` looks for a package: its namespace, then its name.
    let pushed = push(registry, &package.replace(':', "/"), &version, &file).await;
    let _ = std::fs::remove_file(&file);
    published.names.insert(package, pushed?);
    Ok(published)
}

/// What is pushed of files, each with the image for which it stands.
fn files(images: &[String]) -> Result<Vec<(Option<String>, PathBuf)>> {
    let mut files: Vec<(Option<String>, PathBuf)> = Vec::new();
    for image in images {
        let Some(file) = file_of(image) else { continue };
        if files.iter().any(|(known, _)| known.as_ref() == Some(image)) {
            continue;
        }
        if let Some((_, other)) = files.iter().find(|(_, other)| other.file_stem() == file.file_stem()) {
            bail!("{} and {} would have one name in the registry: rename one", other.display(), file.display());
        }
        files.push((Some(image.clone()), file));
    }
    let folder = files.first().and_then(|(_, file)| file.parent());
    let one = folder.map(|folder| folder.join(ONE_FILE)).filter(|one| one.is_file());
    files.extend(one.filter(|one| files.iter().all(|(_, file)| file != one)).map(|one| (None, one)));
    Ok(files)
}

fn stem(file: &Path) -> Result<String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    Ok(stem.with_context(|| format!("{} has no name for a registry", file.display()))?.to_owned())
}

/// Writes the manifest with the images of a registry instead of files.
pub async fn write_manifest(manifest: &Path, published: &Published, output: &Path) -> Result<()> {
    let mut changed = Manifest::load(manifest).await?;
    for (image, reference) in &published.images {
        changed.set_image(image, reference);
    }
    if let Some(left) = changed.images().iter().find(|image| image.starts_with("file:")) {
        bail!("{left} was not pushed: an image has to be `file://PATH`");
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_manifest_is_pushed_whatever_it_is_called() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(ONE_FILE), "").unwrap();
        let image = |name: &str| format!("file://{}", folder.path().join(name).display());
        let others = ["wasmcloud+builtin://http-server", "registry.example/a:1"].map(str::to_owned);
        for (images, wanted) in [
            (
                vec!["file:///x/clock.wasm".to_owned(), "file:///x/clock.wasm".to_owned()],
                Ok(vec!["/x/clock.wasm".into()]),
            ),
            (vec![image("clock.wasm")], Ok(vec![folder.path().join("clock.wasm"), folder.path().join(ONE_FILE)])),
            (vec!["file:///my%20dir/clock.wasm".to_owned()], Ok(vec!["/my dir/clock.wasm".into()])),
            (vec![image(ONE_FILE)], Ok(vec![folder.path().join(ONE_FILE)])),
            (vec!["file:///x/a.wasm".to_owned(), "file:///y/a.wasm".to_owned()], Err("would have one name")),
        ] {
            match (files(&[&others[..], &images].concat()), wanted) {
                (Ok(found), Ok(wanted)) => {
                    assert_eq!(found.into_iter().map(|(_, file)| file).collect::<Vec<PathBuf>>(), wanted);
                }
                (found, Err(wanted)) => assert!(found.unwrap_err().to_string().contains(wanted)),
                (Err(error), Ok(_)) => panic!("{error}"),
            }
        }
    }

    #[tokio::test]
    async fn a_manifest_that_still_names_a_file_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("wadm.yaml");
        std::fs::write(&manifest, format!("image: file://{}", manifest.display())).unwrap();
        let error =
            write_manifest(&manifest, &Published::default(), &folder.path().join("output.yaml")).await.unwrap_err();
        assert!(error.to_string().contains("was not pushed"), "{error:#}");
    }

    #[test]
    fn the_contract_is_encoded_as_a_package_that_can_be_read_again() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let (name, version, bytes) = contract(&folder).unwrap();
        let decoded = wit_component::decode(&bytes).unwrap();
        let package = decoded.resolve().packages.get(decoded.package()).unwrap();
        assert_eq!(package.name.to_string(), format!("{name}@{version}"));
        assert!(package.interfaces.contains_key("tools"), "the interfaces are in it");
    }
}
