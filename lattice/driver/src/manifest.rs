//! Manifests of applications: one parse, which keeps line numbers, serves the checks, the comparison with what runs, and edits.
//!
//! - [`document`]: YAML with positions.
//! - [`ast`]: the components, links, configurations and scalers of a document.
//! - [`desired`]: what the manifest demands of a lattice.
//! - [`edit`]: changes of ports and images.
//! - [`validate`]: what is wrong with a manifest, in which line, and why.

pub mod ast;
mod contract;
pub mod desired;
pub mod document;
mod edit;
mod image;
mod settings;
pub mod validate;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use ast::Application;
use document::{Document, SyntaxError};
pub(crate) use image::file_path;
pub(crate) use settings::PROVIDERS;
pub use settings::Timeouts;

/// A parsed manifest.
pub struct Manifest {
    /// The text as it was read: wadm's own checks report lines of it.
    text: String,
    /// The folder from which relative images are resolved.
    folder: PathBuf,
    document: Document,
}

impl Manifest {
    /// Reads a manifest from a file, without any check beyond its syntax.
    pub fn read(path: &Path) -> Result<Self> {
        let (text, folder) = read_text(path)?;
        match Self::parse(&text, &folder) {
            Ok(manifest) => Ok(manifest),
            Err(error) => bail!("{}:{error}", path.display()),
        }
    }

    /// Parses a manifest whose relative images are those of the folder.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, SyntaxError> {
        Ok(Self { text: text.to_owned(), folder: folder.to_owned(), document: Document::parse(text)? })
    }

    /// A manifest as wadm stores and returns it.
    pub fn from_wadm(manifest: &wadm_types::Manifest) -> Result<Self> {
        let text = serde_yaml::to_string(manifest).context("cannot write wadm's manifest as YAML")?;
        match Self::parse(&text, Path::new(".")) {
            Ok(manifest) => Ok(manifest),
            Err(error) => bail!("cannot read wadm's manifest: {error}"),
        }
    }

    /// What the manifest says.
    pub fn application(&self) -> Application<'_> {
        Application::read(&self.document)
    }

    /// The manifest as YAML, without comments.
    pub fn to_yaml(&self) -> Result<String> {
        serde_yaml::to_string(&self.document.root()).context("cannot write the manifest as YAML")
    }
}

/// The text of a manifest, and the folder in which it is.
fn read_text(path: &Path) -> Result<(String, PathBuf)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    Ok((text, folder.to_owned()))
}
