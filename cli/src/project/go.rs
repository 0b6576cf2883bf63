//! Go, by its own compiler alone: the bindings, and the component of the module that it makes, come from libraries in this program.

use std::fs;
use std::path::Path;

use wasi_preview1_component_adapter_provider::{
    WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER,
};
use wit_bindgen_core::{Files, wit_parser as bindings_parser};
use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

use super::ProjectError;
use super::manifest::Manifest;
use super::snapshot::initialized;
use super::tool::Tool;

/// Where `go build` puts its module.
const MODULE: &str = "build/core.wasm";

pub(super) async fn build(folder: &Path, manifest: &Manifest, component: &Path) -> Result<(), ProjectError> {
    let bindings_error =
        |error: anyhow::Error| ProjectError::Bindings { world: manifest.world.clone(), reason: format!("{error:#}") };
    bindings(folder, &manifest.world).map_err(bindings_error)?;
    let go = Tool::of_user(folder, "go", "install Go 1.25 or later from https://go.dev");
    // The runtime package of the bindings reaches into Go's own, which the linker refuses otherwise.
    let arguments = ["build", "-buildmode=c-shared", "-ldflags=-checklinkname=0 -s -w", "-trimpath", "-o", MODULE, "."];
    go.run(&arguments, &[("GOOS", "wasip1"), ("GOARCH", "wasm")]).await?;
    let component_error = |error: anyhow::Error| ProjectError::Component(format!("{error:#}"));
    let mut module = fs::read(folder.join(MODULE)).map_err(|error| component_error(error.into()))?;
    if manifest.snapshot {
        module = initialized(&module).await.map_err(|error| ProjectError::Snapshot(format!("{error:#}")))?;
    }
    let encoded = encode(folder, &manifest.world, module).map_err(component_error)?;
    fs::write(component, encoded).map_err(|error| ProjectError::Unwritable { path: component.to_owned(), error })
}

/// Writes the packages that the provider imports, and the one that exports it.
fn bindings(folder: &Path, world: &str) -> anyhow::Result<()> {
    let mut resolve = bindings_parser::Resolve::default();
    let (package, _) = resolve.push_path(folder.join("wit"))?;
    let world = resolve.select_world(&[package], Some(world))?;
    let mut files = Files::default();
    wit_bindgen_go::Opts::default().build().generate(&mut resolve, world, &mut files)?;
    for (name, bytes) in files.iter() {
        // The module of the project is its author's.
        if name == "go.mod" {
            continue;
        }
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        if !fs::read(&path).is_ok_and(|there| there == bytes) {
            fs::write(&path, bytes)?;
        }
    }
    Ok(())
}

/// The component of the module, with WASI 0.2 in the place of the WASI 0.1 that Go knows.
fn encode(folder: &Path, world: &str, mut module: Vec<u8>) -> anyhow::Result<Vec<u8>> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_path(folder.join("wit"))?;
    let world = resolve.select_world(&[package], Some(world))?;
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8)?;
    ComponentEncoder::default()
        .module(&module)?
        .adapter(WASI_SNAPSHOT_PREVIEW1_ADAPTER_NAME, WASI_SNAPSHOT_PREVIEW1_REACTOR_ADAPTER)?
        .validate(true)
        .encode()
}
