//! What tells one state of files from another: without reading them, or by what is in those that have another state.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// The state of files at one moment. Files that cannot be looked at have one too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fingerprint(BTreeMap<PathBuf, Option<FileState>>);

/// What tells one state of a file from another. Time and size of a file can be those of the one that it replaces, as after `cp -p` or in
/// an image; its inode and the time that the system alone sets cannot both be.
#[derive(Clone, Debug, PartialEq, Eq)]
struct FileState {
    device: u64,
    inode: u64,
    size: u64,
    /// Seconds and nanoseconds.
    modified: (i64, i64),
    changed: (i64, i64),
}

/// What is in files at one moment, as far as it tells one state of them from another: a file that was written anew with the same text is the
/// same. Files that were not read are the same if their state is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Contents(BTreeMap<PathBuf, (Option<FileState>, Content)>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Content {
    /// The SHA-256 of the file.
    Read(Vec<u8>),
    /// A file that is too large to be read each time, that cannot be read, or that is none.
    Unread(Option<FileState>),
}

/// How many bytes a file has at most that is read: sources have fewer.
const MAX_READ: u64 = 16 << 20;

impl Fingerprint {
    /// The state of these files now.
    pub(crate) fn of(files: impl IntoIterator<Item = PathBuf>) -> Self {
        let state = |file: PathBuf| {
            let state = fs::metadata(&file).ok().map(|metadata| FileState::of(&metadata));
            (file, state)
        };
        Self(files.into_iter().map(state).collect())
    }
}

impl FileState {
    fn of(metadata: &Metadata) -> Self {
        Self {
            device: metadata.dev(),
            inode: metadata.ino(),
            size: metadata.size(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

impl Contents {
    /// What is in these files now. Those that still have the state that they had earlier are not read again.
    pub(crate) fn of(files: impl IntoIterator<Item = PathBuf>, earlier: &Self) -> Self {
        let look = |file: PathBuf| {
            // A file that changes between the two lines has another state when it is looked at again, and is read then.
            let metadata = fs::metadata(&file).ok();
            let state = metadata.as_ref().map(FileState::of);
            let content = match earlier.0.get(&file) {
                Some((earlier, content)) if *earlier == state => content.clone(),
                _ => metadata
                    .and_then(|metadata| digest(&file, &metadata))
                    .map_or(Content::Unread(state.clone()), Content::Read),
            };
            (file, (state, content))
        };
        Self(files.into_iter().map(look).collect())
    }

    /// The first file that has another content in one of them than in the other, or is in one alone.
    pub(crate) fn difference<'a>(&'a self, other: &'a Self) -> Option<&'a Path> {
        let differs = |one: &'a Self, two: &'a Self| {
            let is_other = |file: &PathBuf, content: &Content| two.0.get(file).is_none_or(|(_, two)| two != content);
            one.0.iter().find(|(file, (_, content))| is_other(file, content)).map(|(file, _)| file.as_path())
        };
        differs(self, other).or_else(|| differs(other, self))
    }
}

/// The SHA-256 of a file with this metadata, if it is one that is read.
fn digest(path: &Path, metadata: &Metadata) -> Option<Vec<u8>> {
    // Opening what is no file may wait for another process.
    if !metadata.is_file() || metadata.size() > MAX_READ {
        return None;
    }
    let content = fs::read(path).ok()?;
    Some(ring::digest::digest(&ring::digest::SHA256, &content).as_ref().to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_replaced_is_seen_whatever_its_size_and_time_are() {
        let folder = std::env::temp_dir().join(format!("wasmcp-fingerprint-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let file = folder.join("policy.rego");
        let write = |path: &Path, text: &str| {
            fs::write(path, text).expect("written");
            let time = fs::FileTimes::new().set_modified(std::time::UNIX_EPOCH);
            fs::File::options().write(true).open(path).and_then(|file| file.set_times(time)).expect("a time");
        };
        write(&file, "allow := true ");
        let of = |names: &[&str]| Fingerprint::of(names.iter().map(|name| folder.join(name)));
        let first = of(&["policy.rego"]);
        assert_eq!(of(&["policy.rego"]), first);
        let other = folder.join(".other");
        write(&other, "allow := false");
        fs::rename(&other, &file).expect("renamed");
        let (replaced, metadata) = (of(&["policy.rego"]), fs::metadata(&file).expect("metadata"));
        assert_eq!((metadata.len(), metadata.mtime()), (14, 0));
        assert_ne!(replaced, first);
        fs::remove_file(&file).expect("removed");
        assert_ne!(of(&["policy.rego"]), replaced);
        fs::remove_dir_all(&folder).expect("removed");
    }

    #[test]
    fn a_file_with_the_same_text_is_the_same_and_one_that_is_not_read_is_what_its_state_is() {
        let folder = std::env::temp_dir().join(format!("wasmcp-contents-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder");
        let (file, other) = (folder.join("lib.rs"), folder.join(".other"));
        let written = |text: &str| {
            // Another file takes its place, as editors do it, so that its state is another one.
            fs::write(&other, text).expect("written");
            fs::rename(&other, &file).expect("renamed");
        };
        let large = |byte: u8| {
            fs::write(&other, vec![byte; usize::try_from(MAX_READ).expect("a size") + 1]).expect("written");
            fs::rename(&other, &file).expect("renamed");
        };
        let look = |earlier: &Contents| Contents::of([file.clone()], earlier);
        let steps: [(&str, &dyn Fn(), bool); 9] = [
            ("it is there", &|| written("one"), true),
            ("the same text", &|| written("one"), false),
            ("another text of the same size", &|| written("two"), true),
            ("the first text again", &|| written("one"), true),
            ("a text that was written over it", &|| fs::write(&file, "three").expect("written"), true),
            ("nothing", &|| (), false),
            ("a large file", &|| large(1), true),
            ("the same large file again, which is not read", &|| large(1), true),
            ("it cannot be looked at", &|| fs::remove_file(&file).expect("removed"), true),
        ];
        let mut seen = Contents::default();
        for (note, step, is_change) in steps {
            step();
            let now = look(&seen);
            for (one, two) in [(&now, &seen), (&seen, &now)] {
                assert_eq!(one.difference(two), is_change.then_some(file.as_path()), "{note}");
            }
            seen = now;
        }
        assert_eq!(Contents::of([], &seen).difference(&seen), Some(file.as_path()), "it is no source any more");
        fs::remove_dir_all(&folder).expect("removed");
    }
}
