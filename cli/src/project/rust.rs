//! Rust, by cargo: a crate that is built for wasm32-unknown-unknown with the macro of wit-bindgen is a component already.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::ProjectError;
use super::tool::{Tool, ToolError};

/// Its standard library imports nothing of WASI, so that the component imports what it uses and no more.
const TARGET: &str = "wasm32-unknown-unknown";
/// The linker that makes components, which rustup installs with every target for wasm. Without, the build would be a core module.
const LINKER: (&str, &str) = ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-component-ld");

/// What is read of `cargo metadata`.
#[derive(Deserialize)]
struct Metadata {
    target_directory: String,
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    manifest_path: PathBuf,
    targets: Vec<CargoTarget>,
}

#[derive(Deserialize)]
struct CargoTarget {
    name: String,
    crate_types: Vec<String>,
}

pub(super) async fn build(folder: &Path, component: &Path) -> Result<(), ProjectError> {
    let remedy = format!("install it from https://rustup.rs, then run `rustup target add {TARGET}`");
    let cargo = Tool::of_user(folder, "cargo", &remedy);
    cargo.run(&["build", "--release", "--target", TARGET], &[LINKER]).await?;
    let built = built(folder, &cargo).await?.ok_or(ProjectError::NoLibrary)?;
    fs::copy(&built, component).map_err(|error| ProjectError::Unwritable { path: component.to_owned(), error })?;
    Ok(())
}

/// Where cargo has put the component: the library of the folder's package that is a `cdylib`.
async fn built(folder: &Path, cargo: &Tool) -> Result<Option<String>, ToolError> {
    let output = cargo.output(&["metadata", "--no-deps", "--format-version", "1"]).await?;
    Ok(library(folder, &output.stdout))
}

/// Where the library is, by what cargo says of the folder.
fn library(folder: &Path, metadata: &[u8]) -> Option<String> {
    let Metadata { target_directory, packages } = serde_json::from_slice(metadata).ok()?;
    let manifest = fs::canonicalize(folder.join("Cargo.toml")).ok()?;
    let package = packages
        .into_iter()
        .find(|package| fs::canonicalize(&package.manifest_path).ok().as_ref() == Some(&manifest))?;
    let is_component = |target: &CargoTarget| target.crate_types.iter().any(|kind| kind == "cdylib");
    let library = package.targets.into_iter().find(is_component)?;
    Some(format!("{target_directory}/{TARGET}/release/{}.wasm", library.name.replace('-', "_")))
}
