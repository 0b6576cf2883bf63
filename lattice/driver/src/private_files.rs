//! Files and folders that only their owner may read.

use std::fs::{File, OpenOptions, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, Result};

/// Writes a file that no other user can read at any time, not even while it is empty.
pub(crate) fn write(path: &Path, text: &str) -> Result<()> {
    // A file that exists would keep its own mode.
    let _ = std::fs::remove_file(path);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Opens a file for appending. A file that is created here can be read by its owner only.
pub(crate) fn append(path: &Path) -> Result<File> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Creates a folder, with those above it, that only its owner can list. A folder that exists keeps its mode.
pub(crate) fn create_folder(path: &Path) -> Result<()> {
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot create {}", path.display()))
}

/// Creates a folder of the driver's own. A folder that exists becomes private.
pub(crate) fn create_own_folder(path: &Path) -> Result<()> {
    create_folder(path)?;
    std::fs::set_permissions(path, Permissions::from_mode(0o700))
        .with_context(|| format!("cannot make {} private", path.display()))
}
