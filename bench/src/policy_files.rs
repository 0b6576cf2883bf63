//! Reads the files of a policy.

use std::fs;
use std::path::Path;

use anyhow::Context;

/// The folder of the policy that the secured servers ask.
pub const SECURED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/policy");
/// The folder of the policies to begin with.
pub const STARTERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../policies");

/// The texts of a folder by their names, without tests.
///
/// # Errors
/// The folder or a file of it cannot be read.
pub fn read(folder: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let unreadable = |path: &Path| format!("cannot read `{}`", path.display());
    let mut texts = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| unreadable(folder))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.ends_with("_test.rego") {
            texts.push((name, fs::read_to_string(&path).with_context(|| unreadable(&path))?));
        }
    }
    Ok(texts)
}
