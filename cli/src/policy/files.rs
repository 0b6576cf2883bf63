//! The files of a policy in a folder.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use policy::MAX_BUNDLE;
use rustix::fs::{Mode, OFlags};

use crate::fingerprint::Fingerprint;

/// How many files a folder may have, and how deep its folders may be.
const MAX_FILES: usize = 1000;
const MAX_DEPTH: usize = 16;
/// How often files are read again at once that were replaced meanwhile.
const MAX_READS: usize = 3;

/// Why the files cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReadError {
    #[error("cannot read `{}`: {error}", .path.display())]
    Unreadable { path: PathBuf, error: io::Error },
    #[error("`{}` has more than {MAX_FILES} files, or folders in more than {MAX_DEPTH} levels: name the folder of the policy alone", .0.display())]
    TooMany(PathBuf),
    #[error("`{}` is neither a file nor a folder", .0.display())]
    NotFile(PathBuf),
    #[error("the files of `{}` change while they are read: what is in force stays until they have been the same for long enough", .0.display())]
    Changing(PathBuf),
    #[error("`{}` is larger than the {MAX_BUNDLE} bytes that a policy may have", .0.display())]
    TooLarge(PathBuf),
}

/// The texts of a policy, by their paths in its folder.
pub(crate) struct Files {
    pub(super) texts: Vec<(String, String)>,
}

impl Files {
    /// Reads the files of a folder, those of its folders too; or one file. All are of one state of the folder: what was replaced meanwhile is
    /// read again.
    pub(crate) fn read(path: &Path) -> Result<Self, ReadError> {
        for _ in 0..MAX_READS {
            let before = fingerprint(path);
            let read = Self::read_once(path);
            if fingerprint(path) == before {
                return read;
            }
        }
        Err(ReadError::Changing(path.to_owned()))
    }

    fn read_once(path: &Path) -> Result<Self, ReadError> {
        let (mut texts, mut left) = (Vec::new(), MAX_BUNDLE);
        for file in paths(path)? {
            let text = read_text(&file, left)?;
            left = left.saturating_sub(text.len());
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

/// The text of a file that has at most so many bytes.
fn read_text(path: &Path, most: usize) -> Result<String, ReadError> {
    let unreadable = |error| ReadError::Unreadable { path: path.to_owned(), error };
    // A pipe in the place of the file would keep its reader waiting.
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::open(path, flags, Mode::empty()).map_err(|error| unreadable(error.into()))?;
    let file = File::from(file);
    if !file.metadata().map_err(unreadable)?.is_file() {
        return Err(ReadError::NotFile(path.to_owned()));
    }
    let (mut bytes, limit) = (Vec::new(), (most as u64).saturating_add(1));
    file.take(limit).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() > most {
        return Err(ReadError::TooLarge(path.to_owned()));
    }
    String::from_utf8(bytes).map_err(|error| unreadable(io::Error::new(io::ErrorKind::InvalidData, error)))
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
