//! Policies from files: read at the start, and again when they change.

mod files;
mod reload;

use std::path::{Path, PathBuf};

use policy::{Bundle, CompileError, Family, File, Finding, TestResult};

use files::Files;
pub(crate) use files::Fingerprint;
pub(crate) use files::ReadError;
pub(crate) use reload::reload;

/// Why there is no policy.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PolicyError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("`{}` is no policy: {error}", .path.display())]
    Compile { path: PathBuf, error: CompileError },
}

/// Compiles the policy in a folder, or in one file.
pub(crate) fn load(path: &Path) -> Result<Bundle, PolicyError> {
    compile(path, &Files::read(path)?)
}

/// Runs the tests beside a policy.
pub(crate) fn test(path: &Path) -> Result<Vec<TestResult>, PolicyError> {
    let files = Files::read(path)?;
    policy::run_tests(&borrowed(&files)).map_err(|error| PolicyError::Compile { path: path.to_owned(), error })
}

/// What is suspicious about a policy for `wasmcp serve`, which has every family of functions.
pub(crate) fn findings(bundle: &Bundle) -> Vec<Finding> {
    bundle.findings(&Family::ALL)
}

fn compile(path: &Path, files: &Files) -> Result<Bundle, PolicyError> {
    Bundle::compile(&borrowed(files)).map_err(|error| PolicyError::Compile { path: path.to_owned(), error })
}

fn borrowed(files: &Files) -> Vec<File<'_>> {
    files.texts.iter().map(|(path, text)| File { path, text }).collect()
}
