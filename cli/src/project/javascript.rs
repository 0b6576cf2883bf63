//! JavaScript and TypeScript: an engine and one module become one component, by componentize-qjs (QuickJS) or by jco (StarlingMonkey). esbuild
//! makes one module of TypeScript and of what it imports.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::ProjectError;
use super::manifest::{Engine, Language, Manifest};
use super::python::file_name;
use super::tool::{Tool, ToolError};

/// A package of npm with a tool, in the version that the contract is tested with.
struct Package {
    name: &'static str,
    /// The tool itself.
    program: &'static str,
    version: &'static str,
    /// What `package.json` needs besides.
    also: &'static str,
}

const COMPONENTIZE_QJS: Package =
    Package { name: "componentize-qjs", program: "componentize-qjs", version: "0.4.5", also: "" };
const ESBUILD: Package = Package { name: "esbuild", program: "esbuild", version: "0.28.2", also: "" };
/// Later versions of what it reads files with show it no folder, so that it finds no WIT.
const JCO: Package = Package {
    name: "@bytecodealliance/jco",
    program: "jco",
    version: "1.35.0",
    also: ", after you have put `\"overrides\": {\"@bytecodealliance/preview2-shim\": \"0.26.0\"}` into its package.json",
};

/// What is read of the `package.json` of a tool, since one of them cannot print its version.
#[derive(Deserialize)]
struct Installed {
    version: String,
}

/// What is read of the `package.json` of a project.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Project {
    #[serde(default)]
    dev_dependencies: BTreeMap<String, String>,
}

pub(super) async fn build(folder: &Path, manifest: &Manifest, component: &Path) -> Result<(), ProjectError> {
    let (world, output) = (&manifest.world, file_name(component));
    // QuickJS takes modules of JavaScript as they are.
    let source = match (manifest.engine, manifest.language) {
        (Engine::Quickjs, Language::Javascript) => manifest.source.display().to_string(),
        _ => bundle(folder, &manifest.source).await?,
    };
    match manifest.engine {
        // Without `--sync` it makes functions of another kind than the contract's.
        Engine::Quickjs => {
            let tool = tool(folder, &COMPONENTIZE_QJS)?;
            tool.run(&["-w", "wit", "-n", world, "-j", &source, "--sync", "--opt-size", "-o", &output], &[]).await?;
        }
        Engine::Starlingmonkey => {
            let tool = tool(folder, &JCO)?;
            tool.run(&["componentize", &source, "-w", "wit", "-n", world, "-o", &output], &[]).await?;
        }
    }
    Ok(())
}

/// Makes one module of a source and of what it imports, and says where it is.
async fn bundle(folder: &Path, source: &Path) -> Result<String, ProjectError> {
    const BUNDLE: &str = "build/bundle.js";
    let tool = tool(folder, &ESBUILD)?;
    let (source, outfile) = (source.display().to_string(), format!("--outfile={BUNDLE}"));
    // Interfaces are the component's imports, and no files.
    let (contract, wasi) = ("--external:wasmcp:*", "--external:wasi:*");
    tool.run(&[&source, "--bundle", "--format=esm", contract, wasi, "--log-level=warning", &outfile], &[]).await?;
    Ok(BUNDLE.to_owned())
}

/// A tool that npm has installed for the project.
fn tool(folder: &Path, wanted: &'static Package) -> Result<Tool, ToolError> {
    let &Package { name, program, version: wanted, also } = wanted;
    let read = |path: &str| std::fs::read(folder.join(path).join("package.json")).ok();
    let remedy = match read("").and_then(|json| serde_json::from_slice::<Project>(&json).ok()) {
        Some(project) if project.dev_dependencies.get(name).is_some_and(|version| version == wanted) => {
            format!("run `npm install` in `{}`, or its `make setup`", folder.display())
        }
        _ => format!("run `npm install --save-dev {name}@{wanted}` in `{}`{also}", folder.display()),
    };
    match read(&format!("node_modules/{name}")).and_then(|json| serde_json::from_slice::<Installed>(&json).ok()) {
        None => Err(ToolError::Missing { name, remedy }),
        Some(Installed { version }) if version != wanted => {
            Err(ToolError::Version { name, found: version, wanted, remedy })
        }
        Some(_) => Ok(Tool::of_project(folder, "node_modules/.bin", program, &remedy)),
    }
}
