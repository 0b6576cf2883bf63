//! Python, by componentize-py: the interpreter and the modules become one component.

use std::path::Path;

use super::ProjectError;
use super::manifest::Manifest;
use super::tool::Tool;

/// The version that the contract is tested with.
const VERSION: &str = "0.25.1";

pub(super) async fn build(folder: &Path, manifest: &Manifest, component: &Path) -> Result<(), ProjectError> {
    let remedy = format!("run `python3 -m venv .venv && .venv/bin/pip install componentize-py=={VERSION}`");
    let tool = Tool::of_project(folder, ".venv/bin", "componentize-py", &remedy);
    tool.check_version("--version", VERSION).await?;
    // The tool takes the name of a module, which is found from the project's folder.
    let module = manifest.source.with_extension("").display().to_string().replace('/', ".");
    let output = file_name(component);
    tool.run(&["-d", "wit", "-w", &manifest.world, "componentize", &module, "-o", &output], &[]).await?;
    Ok(())
}

/// The name of the component in the project's folder, in which the tools run.
pub(super) fn file_name(component: &Path) -> String {
    component.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
