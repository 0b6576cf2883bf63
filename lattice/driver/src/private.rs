//! Files that only their owner may read.

use std::fs::{File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes a file that nobody else can read, not even before its content is there.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    // An older file would keep its own mode.
    let _ = std::fs::remove_file(path);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Opens a file to be written at its end; if it is new, nobody else can read it.
pub(crate) fn append(path: &Path) -> Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Makes a folder into which nobody else can look.
pub(crate) fn folder(path: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot make {}", path.display()))
}

/// Makes a folder of the driver's own, or shuts it for others if it was there.
pub(crate) fn own_folder(path: &Path) -> Result<()> {
    folder(path)?;
    std::fs::set_permissions(path, Permissions::from_mode(0o700))
        .with_context(|| format!("cannot shut {} for others", path.display()))
}
