//! Policies from files, read at the start and again when they change, or from settings.

mod args;
mod files;
mod reload;

use std::path::{Path, PathBuf};

use policy::{Bundle, CompileError, File, TestResult, bundle_text};

pub(crate) use args::PolicyArgs;
pub(crate) use files::ReadError;
use files::{Files, fingerprint};
use reload::{Role, reload};

/// Why there is no policy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PolicyError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("`{}` is no policy: {error}", .path.display())]
    Compile { path: PathBuf, error: CompileError },
    #[error("`{}` is no policy for a component: {error}", .path.display())]
    NotForComponent { path: PathBuf, error: CompileError },
}

/// Compiles the policy in a folder, or in one file, and logs what is suspicious about it.
pub(crate) fn load_and_warn(path: &Path) -> Result<Bundle, PolicyError> {
    let bundle = compile(path, &Files::read(path)?)?;
    warn_of(path, &bundle);
    Ok(bundle)
}

/// The text of a policy, for a component that carries it.
pub(crate) fn policy_text(path: &Path) -> Result<String, PolicyError> {
    let files = Files::read(path)?;
    let bundle = compile(path, &files)?
        .without_address()
        .map_err(|error| PolicyError::NotForComponent { path: path.to_owned(), error })?;
    warn_of(path, &bundle);
    Ok(bundle_text(&borrowed(&files)))
}

/// Runs the tests beside a policy.
pub(crate) fn test(path: &Path) -> Result<Vec<TestResult>, PolicyError> {
    let files = Files::read(path)?;
    policy::run_tests(&borrowed(&files)).map_err(|error| PolicyError::Compile { path: path.to_owned(), error })
}

/// Logs what is suspicious about a policy.
fn warn_of(path: &Path, bundle: &Bundle) {
    for finding in bundle.findings() {
        tracing::warn!("in `{}`: {finding}", path.display());
    }
}

fn compile(path: &Path, files: &Files) -> Result<Bundle, PolicyError> {
    Bundle::compile(&borrowed(files)).map_err(|error| PolicyError::Compile { path: path.to_owned(), error })
}

fn borrowed(files: &Files) -> Vec<File<'_>> {
    files.texts.iter().map(|(path, text)| File { path, text }).collect()
}
