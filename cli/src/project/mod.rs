//! The project of a provider: a folder with `wasmcp.toml`, and how the tool of its language makes a component of it.
//!
//! # Design
//! - An author needs the tool of the language and this program. What else it takes (the contract, bindings for Go, the adapter of WASI) is in
//!   this program.
//! - The versions of the tools are pinned here: a tool of another version is refused, with the command that installs the right one.

mod contract;
mod go;
mod javascript;
mod manifest;
mod process_group;
mod python;
mod requirement;
mod rust;
mod snapshot;
mod template;
mod tool;
mod watch;

use std::path::{Path, PathBuf};

pub(crate) use manifest::{Language, Manifest};
pub(crate) use requirement::missing;
pub(crate) use template::write;
pub(crate) use tool::ToolError;
pub(crate) use watch::{Change, Sources};

/// Why a project cannot be built.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    #[error("cannot read `{}`: {error}", .path.display())]
    Unreadable { path: PathBuf, error: std::io::Error },
    #[error("cannot write `{}`: {error}", .path.display())]
    Unwritable { path: PathBuf, error: std::io::Error },
    #[error("`{}`: {reason}", .path.display())]
    Manifest { path: PathBuf, reason: String },
    #[error("`{}` has no file `*.wit`: write the world `{world}` into `world.wit` there", .path.display())]
    NoWorld { path: PathBuf, world: String },
    #[error("there is no `{}`, which `source` in wasmcp.toml names", .0.display())]
    NoSource(PathBuf),
    #[error(
        "a project cannot be called `{0}`: take words of small letters and digits that begin with a letter, with `-` between them, and not `transport`, `auth` or `policy`"
    )]
    Name(String),
    #[error("`{}` is not empty: name another folder by `--output`", .0.display())]
    NotEmpty(PathBuf),
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error("the crate has no library of type `cdylib`: add `crate-type = [\"cdylib\"]` to `[lib]` in Cargo.toml")]
    NoLibrary,
    #[error("cannot make bindings for Go of the world `{world}` in `wit/`: {reason}")]
    Bindings { world: String, reason: String },
    #[error("cannot make a component of what `go build` made: {0}")]
    Component(String),
    #[error(
        "cannot take a snapshot of the module, as `snapshot` in wasmcp.toml asks for: {0}; what it says of itself is above. Before a call, `init` and package variables cannot use settings, HTTP or the other services of the contract"
    )]
    Snapshot(String),
}

/// Builds the component of the project in a folder, and says where it is.
pub(crate) async fn build(folder: &Path, manifest: &Manifest) -> Result<PathBuf, ProjectError> {
    let wit = folder.join("wit");
    let is_wit = |entry: std::fs::DirEntry| entry.path().extension().is_some_and(|extension| extension == "wit");
    if !std::fs::read_dir(&wit).is_ok_and(|entries| entries.flatten().any(is_wit)) {
        return Err(ProjectError::NoWorld { path: wit, world: manifest.world.clone() });
    }
    let source = folder.join(&manifest.source);
    if !source.exists() {
        return Err(ProjectError::NoSource(source));
    }
    contract::write(&wit.join("deps").join("wasmcp-mcp"))?;
    let component = manifest.component(folder);
    match manifest.language {
        Language::Python => python::build(folder, manifest, &component).await?,
        Language::Javascript | Language::Typescript => javascript::build(folder, manifest, &component).await?,
        Language::Go => go::build(folder, manifest, &component).await?,
        Language::Rust => rust::build(folder, &component).await?,
    }
    Ok(component)
}
