//! JavaScript and TypeScript, by componentize-qjs: the engine QuickJS and one module become one component. esbuild makes one module of
//! TypeScript and of what it imports.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::ProjectError;
use super::manifest::Manifest;
use super::python::file_name;
use super::tool::{Tool, ToolError};

/// The version of componentize-qjs that the contract is tested with.
const COMPONENTIZE: &str = "0.4.5";
/// The version of esbuild that the examples are built with.
const ESBUILD: &str = "0.28.2";

/// What is read of the `package.json` of a tool, since one of them cannot print its version.
#[derive(Deserialize)]
struct Package {
    version: String,
}

/// What is read of the `package.json` of a project.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project {
    #[serde(default)]
    dev_dependencies: BTreeMap<String, String>,
}

pub(super) async fn build(
    folder: &Path,
    manifest: &Manifest,
    source: &Path,
    component: &Path,
) -> Result<(), ProjectError> {
    let tool = tool(folder, "componentize-qjs", COMPONENTIZE)?;
    let (source, output) = (source.display().to_string(), file_name(component));
    // Without `--sync` it makes functions of another kind than the contract's.
    tool.run(&["-w", "wit", "-n", &manifest.world, "-j", &source, "--sync", "--opt-size", "-o", &output], &[]).await?;
    Ok(())
}

pub(super) async fn build_typescript(folder: &Path, manifest: &Manifest, component: &Path) -> Result<(), ProjectError> {
    let tool = tool(folder, "esbuild", ESBUILD)?;
    let (source, bundle) = (manifest.source.display().to_string(), Path::new("build/bundle.js"));
    let outfile = format!("--outfile={}", bundle.display());
    // Interfaces are the component's imports, and no files.
    let (contract, wasi) = ("--external:wasmcp:*", "--external:wasi:*");
    tool.run(&[&source, "--bundle", "--format=esm", contract, wasi, "--log-level=warning", &outfile], &[]).await?;
    build(folder, manifest, bundle, component).await
}

/// A tool that npm has installed for the project.
fn tool(folder: &Path, name: &'static str, wanted: &'static str) -> Result<Tool, ToolError> {
    let read = |path: &str| std::fs::read(folder.join(path).join("package.json")).ok();
    let remedy = match read("").and_then(|json| serde_json::from_slice::<Project>(&json).ok()) {
        Some(project) if project.dev_dependencies.get(name).is_some_and(|version| version == wanted) => {
            format!("run `npm install` in `{}`, or its `make setup`", folder.display())
        }
        _ => format!("run `npm install --save-dev {name}@{wanted}` in `{}`", folder.display()),
    };
    match read(&format!("node_modules/{name}")).and_then(|json| serde_json::from_slice::<Package>(&json).ok()) {
        None => Err(ToolError::Missing { name, remedy }),
        Some(Package { version }) if version != wanted => {
            Err(ToolError::Version { name, found: version, wanted, remedy })
        }
        Some(_) => Ok(Tool::of_project(folder, "node_modules/.bin", name, &remedy)),
    }
}
