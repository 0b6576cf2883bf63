//! The files of a policy in a folder.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use policy::MAX_BUNDLE;

use crate::fingerprint::Fingerprint;

/// How many files a folder may have, and how deep its folders may be.
const MAX_FILES: usize = 1000;
const MAX_DEPTH: usize = 16;

/// Why the files cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("cannot read `{}`: {error}", .path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("`{}` has more than {MAX_FILES} files, or folders in more than {MAX_DEPTH} levels: name the folder of the policy alone", .0.display())]
    TooMany(PathBuf),
    #[error("`{}` is neither a file nor a folder", .0.display())]
    NotFile(PathBuf),
    #[error("`{}` is larger than the {MAX_BUNDLE} bytes that a policy may have", .0.display())]
    TooLarge(PathBuf),
}

/// The texts of a policy, by their paths in its folder.
pub(crate) struct Files {
    pub(super) texts: Vec<(String, String)>,
}

impl Files {
    /// Reads the files of a folder, those of its folders too; or one file.
    pub(crate) fn read(path: &Path) -> Result<Self, ReadError> {
        let (mut texts, mut size) = (Vec::new(), 0_u64);
        for file in paths(path)? {
            let unreadable = |error| ReadError::Unreadable { path: file.clone(), error };
            size = size.saturating_add(fs::metadata(&file).map_err(unreadable)?.len());
            if size > MAX_BUNDLE as u64 {
                return Err(ReadError::TooLarge(file));
            }
            let text = fs::read_to_string(&file).map_err(unreadable)?;
            let name = match file.strip_prefix(path) {
                Ok(inside) if !inside.as_os_str().is_empty() => inside,
                // The one file that was named.
                _ => file.file_name().map_or(file.as_path(), Path::new),
            };
            texts.push((name.to_string_lossy().replace('\\', "/"), text));
        }
        Ok(Self { texts })
    }
}

/// The fingerprint of a policy's files as they are now. What cannot be read has one too.
pub(super) fn fingerprint(path: &Path) -> Fingerprint {
    Fingerprint::of(paths(path).unwrap_or_default())
}

/// The files below a path, in order. Those whose name begins with a dot are left out, as editors make them.
fn paths(path: &Path) -> Result<Vec<PathBuf>, ReadError> {
    let mut found = Vec::new();
    add(path, 0, &mut found, path)?;
    found.sort();
    Ok(found)
}

fn add(path: &Path, depth: usize, found: &mut Vec<PathBuf>, root: &Path) -> Result<(), ReadError> {
    let unreadable = |error| ReadError::Unreadable { path: path.to_owned(), error };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_file() {
        found.push(path.to_owned());
        return Ok(());
    }
    if !metadata.is_dir() {
        return Err(ReadError::NotFile(path.to_owned()));
    }
    for entry in fs::read_dir(path).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if depth >= MAX_DEPTH || found.len() >= MAX_FILES {
            return Err(ReadError::TooMany(root.to_owned()));
        }
        add(&entry.path(), depth + 1, found, root)?;
    }
    Ok(())
}
