//! Writes a component to a file.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

/// Writes a component, and returns its size in bytes. The file is replaced at once: a server may have mapped its old content.
pub(super) fn write_file(path: &Path, component: &[u8]) -> anyhow::Result<usize> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(format!(".{}", std::process::id()));
    fs::write(&partial, component).and_then(|()| fs::rename(&partial, path)).or_else(|error| {
        // There is nothing to remove if the file was not created.
        let _ = fs::remove_file(&partial);
        Err(error).with_context(|| format!("cannot write `{}`", path.display()))
    })?;
    Ok(component.len())
}
