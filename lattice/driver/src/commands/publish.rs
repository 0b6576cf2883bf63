//! `publish`: pushes components and the contract to an OCI registry, and writes a manifest that names them by digest.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use wash_lib::registry::{OciPushOptions, push_oci_artifact};
use wit_parser::Resolve;

use crate::manifest::{Manifest, file_path};

/// The composed file. It is pushed if it exists beside the other files, even if the manifest does not name it.
const ONE_FILE: &str = "mcp-http-server.wasm";
/// The version of the components: that of the product.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The registry to push to.
pub struct Registry {
    /// Its name or address, with a port.
    pub address: String,
    /// Whether it is used without TLS.
    pub insecure: bool,
    /// Who pushes, and with which password or token. None for a registry that asks for no login.
    pub login: Option<(String, String)>,
}

/// What was pushed.
#[derive(Debug, Default)]
pub struct Published {
    /// The references, with digests, by the names of components and of the contract.
    pub names: BTreeMap<String, String>,
    /// The references of the manifest's images, by the image in the manifest.
    images: BTreeMap<String, String>,
}

/// Pushes every file that is an image of the manifest, the composed file if it is beside them, these components as packages, and the contract.
pub async fn all(registry: &Registry, manifest: &Path, components: &[PathBuf], wit: &Path) -> Result<Published> {
    let images = load(manifest)?.images();
    let mut published = Published::default();
    for (package, file) in packages(components)? {
        let reference = push(registry, &repository(&package), VERSION, &file).await?;
        published.names.insert(package, reference);
    }
    for (image, file) in files(&images)? {
        // The packages have the short names: what `wkg get` brings is for any host.
        let name = format!("lattice-{}", artifact_name(&file)?);
        let reference = push(registry, &format!("wasmcp/{name}"), VERSION, &file).await?;
        published.names.insert(name, reference.clone());
        if let Some(image) = image {
            published.images.insert(image, reference);
        }
    }
    let (package, version, bytes) = contract(wit)?;
    let file = std::env::temp_dir().join(format!("wasmcp-wit-{}.wasm", std::process::id()));
    std::fs::write(&file, bytes).with_context(|| format!("cannot write {}", file.display()))?;
    let pushed = push(registry, &repository(&package), &version, &file).await;
    let _ = std::fs::remove_file(&file);
    published.names.insert(package, pushed?);
    Ok(published)
}

/// The components, each with the name of its package. Names of packages have `-` where files of cargo have `_`.
fn packages(components: &[PathBuf]) -> Result<BTreeMap<String, PathBuf>> {
    let mut packages = BTreeMap::new();
    for file in components {
        let package = format!("wasmcp:{}", artifact_name(file)?.replace('_', "-"));
        if let Some(other) = packages.insert(package.clone(), file.clone()) {
            bail!("{} and {} would both be {package}: rename one", other.display(), file.display());
        }
    }
    Ok(packages)
}

/// Where `wkg` looks for a package: at its namespace and name.
fn repository(package: &str) -> String {
    package.replace(':', "/")
}

/// A manifest with absolute paths of its files.
fn load(manifest: &Path) -> Result<Manifest> {
    let mut manifest = Manifest::read(manifest)?;
    manifest.make_paths_absolute()?;
    Ok(manifest)
}

/// The files to push, each with the image in the manifest that names it.
fn files(images: &[String]) -> Result<Vec<(Option<String>, PathBuf)>> {
    let mut files: Vec<(Option<String>, PathBuf)> = Vec::new();
    for image in images {
        let Some(file) = file_path(image) else { continue };
        if files.iter().any(|(known, _)| known.as_ref() == Some(image)) {
            continue;
        }
        if let Some((_, other)) = files.iter().find(|(_, other)| other.file_stem() == file.file_stem()) {
            bail!("{} and {} would have the same name in the registry: rename one", other.display(), file.display());
        }
        files.push((Some(image.clone()), file));
    }
    let folder = files.first().and_then(|(_, file)| file.parent());
    let one = folder.map(|folder| folder.join(ONE_FILE)).filter(|one| one.is_file());
    files.extend(one.filter(|one| files.iter().all(|(_, file)| file != one)).map(|one| (None, one)));
    Ok(files)
}

/// The name of a file's artifact in the registry.
fn artifact_name(file: &Path) -> Result<String> {
    let stem = file.file_stem().and_then(|stem| stem.to_str());
    Ok(stem.with_context(|| format!("{} has no file name that a registry can use", file.display()))?.to_owned())
}

/// Writes the manifest with images of the registry instead of files.
pub fn write_manifest(manifest: &Path, published: &Published, output: &Path) -> Result<()> {
    let mut changed = load(manifest)?;
    for (image, reference) in &published.images {
        changed.replace_image(image, reference);
    }
    if let Some(left) = changed.images().iter().find(|image| image.starts_with("file:")) {
        bail!("{left} was not pushed: an image has to be `file://PATH`");
    }
    let text = format!("# Written by `make publish` from {}.\n{}", manifest.display(), changed.to_yaml()?);
    std::fs::write(output, text).with_context(|| format!("cannot write {}", output.display()))
}

async fn push(registry: &Registry, repository: &str, version: &str, file: &Path) -> Result<String> {
    let url = format!("{}/{repository}", registry.address);
    let (user, password) = registry.login.clone().unzip();
    let options = OciPushOptions { insecure: registry.insecure, user, password, ..OciPushOptions::default() };
    let (_tag, digest) = push_oci_artifact(format!("{url}:{version}"), file, options)
        .await
        .with_context(|| match registry.login {
            Some(_) => format!("cannot push {} to {url} with the login of `REGISTRY_USER`", file.display()),
            None => format!(
                "cannot push {} to {url} without a login: set `REGISTRY_USER` and `REGISTRY_PASSWORD` if it asks for one",
                file.display()
            ),
        })?;
    Ok(format!("{url}@{digest}"))
}

/// The contract as a WIT package: its name, its version and its encoding as WebAssembly.
fn contract(folder: &Path) -> Result<(String, String, Vec<u8>)> {
    let mut resolve = Resolve::default();
    let (id, _) = resolve.push_dir(folder).with_context(|| format!("{} is not a WIT package", folder.display()))?;
    let package = resolve.packages.get(id).context("the parser lost the package")?;
    let name = format!("{}:{}", package.name.namespace, package.name.name);
    let version = package.name.version.as_ref().context("the contract has no version")?.to_string();
    let bytes = wit_component::encode(&resolve, id, false).context("cannot encode the contract")?;
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
        for (images, expected) in [
            (
                vec!["file:///x/clock.wasm".to_owned(), "file:///x/clock.wasm".to_owned()],
                Ok(vec!["/x/clock.wasm".into()]),
            ),
            (vec![image("clock.wasm")], Ok(vec![folder.path().join("clock.wasm"), folder.path().join(ONE_FILE)])),
            (vec!["file:///my%20dir/clock.wasm".to_owned()], Ok(vec!["/my dir/clock.wasm".into()])),
            (vec![image(ONE_FILE)], Ok(vec![folder.path().join(ONE_FILE)])),
            (vec!["file:///x/a.wasm".to_owned(), "file:///y/a.wasm".to_owned()], Err("would have the same name")),
        ] {
            match (files(&[&others[..], &images].concat()), expected) {
                (Ok(found), Ok(expected)) => {
                    assert_eq!(found.into_iter().map(|(_, file)| file).collect::<Vec<PathBuf>>(), expected);
                }
                (found, Err(expected)) => assert!(found.unwrap_err().to_string().contains(expected)),
                (Err(error), Ok(_)) => panic!("{error}"),
            }
        }
    }

    #[test]
    fn a_component_is_a_package_by_the_name_of_its_file() {
        let of = |files: &[&str]| packages(&files.iter().map(PathBuf::from).collect::<Vec<_>>());
        let found = of(&["x/adapter_http.wasm", "y/filler-tools.wasm"]).unwrap();
        assert_eq!(found.keys().collect::<Vec<_>>(), ["wasmcp:adapter-http", "wasmcp:filler-tools"]);
        assert!(of(&["x/a_b.wasm", "y/a-b.wasm"]).unwrap_err().to_string().contains("would both be wasmcp:a-b"));
    }

    #[test]
    fn a_manifest_that_still_names_a_file_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let manifest = folder.path().join("wadm.yaml");
        let component = format!("{{properties: {{image: 'file://{}'}}}}", manifest.display());
        std::fs::write(&manifest, format!("spec: {{components: [{component}]}}")).unwrap();
        let error = write_manifest(&manifest, &Published::default(), &folder.path().join("output.yaml")).unwrap_err();
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
