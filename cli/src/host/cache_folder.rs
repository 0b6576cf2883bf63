//! The folder of compiled components. What is in it runs natively, so that nothing of it may be another user's, or be changed by one.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// The folder below it in which wasmtime writes: it deletes every file there that it does not know.
const COMPILED: &str = "compiled";
/// How deep wasmtime's folders are below that one: kinds, versions, files.
const MAX_DEPTH: u32 = 4;

/// Why a folder is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CacheFolderError {
    #[error("`{}`: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
    #[error("`{}` belongs to another user, who could put other code there: choose a folder of your own, or delete this one", .0.display())]
    Foreign(PathBuf),
    #[error("other users may write to `{}`, and could put other code there: run `chmod -R go-w` on the folder if you trust what is in it, or delete it", .0.display())]
    Writable(PathBuf),
    #[error("`{}` has more levels of folders than a cache: choose another folder", .0.display())]
    TooDeep(PathBuf),
}

/// Makes the folder if there is none, for its user alone, and checks what is in it already. Returns the folder for compiled components.
pub(crate) fn prepare(folder: &Path) -> Result<PathBuf, CacheFolderError> {
    let compiled = folder.join(COMPILED);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&compiled);
    made.map_err(|error| CacheFolderError::Io(compiled.clone(), error))?;
    let user = user(folder).map_err(|error| CacheFolderError::Io(folder.to_owned(), error))?;
    let outer = metadata(folder)?;
    check(folder, &outer, user)?;
    // What others cannot reach they cannot write to, whatever its mode is: wasmtime makes files with the mode of the process.
    let is_closed = |metadata: &Metadata| metadata.mode() & 0o011 == 0;
    let inner = metadata(&compiled)?;
    check_below(&compiled, user, is_closed(&outer) || is_closed(&inner), 0)?;
    Ok(compiled)
}

/// The user of this process, as the owner of a file that it makes here and deletes again.
fn user(folder: &Path) -> io::Result<u32> {
    let probe = folder.join(format!("owner-{}-{:016x}", std::process::id(), rand::random::<u64>()));
    let owner = File::create_new(&probe)?.metadata().map(|metadata| metadata.uid());
    fs::remove_file(&probe)?;
    owner
}

fn metadata(path: &Path) -> Result<Metadata, CacheFolderError> {
    fs::symlink_metadata(path)
        .and_then(|link| if link.is_symlink() { fs::metadata(path) } else { Ok(link) })
        .map_err(|error| CacheFolderError::Io(path.to_owned(), error))
}

fn check(path: &Path, metadata: &Metadata, user: u32) -> Result<(), CacheFolderError> {
    match (metadata.uid() == user, metadata.mode() & 0o022 == 0) {
        (false, _) => Err(CacheFolderError::Foreign(path.to_owned())),
        (true, false) => Err(CacheFolderError::Writable(path.to_owned())),
        (true, true) => Ok(()),
    }
}

fn check_below(path: &Path, user: u32, is_closed: bool, depth: u32) -> Result<(), CacheFolderError> {
    let found = match fs::symlink_metadata(path) {
        Ok(found) => found,
        // Another process has cleaned up.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(CacheFolderError::Io(path.to_owned(), error)),
    };
    match check(path, &found, user) {
        Err(CacheFolderError::Writable(_)) if is_closed || found.is_symlink() => {}
        checked => checked?,
    }
    if !found.is_dir() {
        return Ok(());
    }
    if depth >= MAX_DEPTH {
        return Err(CacheFolderError::TooDeep(path.to_owned()));
    }
    let error = |error| CacheFolderError::Io(path.to_owned(), error);
    for entry in fs::read_dir(path).map_err(error)? {
        check_below(&entry.map_err(error)?.path(), user, is_closed, depth + 1)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown};

    use super::*;

    /// A folder of a test, which is deleted when this is dropped.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new() -> Self {
            Self(std::env::temp_dir().join(format!("wasmcp-cache-{}-{:x}", std::process::id(), rand::random::<u64>())))
        }

        fn set_mode(&self, below: &str, mode: u32) {
            fs::set_permissions(self.0.join(below), fs::Permissions::from_mode(mode)).expect("own file");
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    /// A cache with one artifact.
    fn filled() -> Scratch {
        let scratch = Scratch::new();
        let compiled = prepare(&scratch.0).expect("new");
        fs::create_dir(compiled.join("modules")).expect("folder");
        fs::write(compiled.join("modules/artifact"), "code").expect("file");
        scratch
    }

    #[test]
    fn a_new_folder_is_for_its_user_alone_and_can_be_used_again() {
        let scratch = filled();
        for below in ["", COMPILED] {
            assert_eq!(fs::metadata(scratch.0.join(below)).expect("folder").mode() & 0o777, 0o700, "{below}");
        }
        assert!(prepare(&scratch.0).is_ok());
        let names: Vec<_> =
            fs::read_dir(&scratch.0).expect("folder").map(|entry| entry.expect("entry").file_name()).collect();
        assert_eq!(names, [COMPILED], "no probe is left");
    }

    #[test]
    fn what_others_may_write_to_is_refused_where_they_can_reach_it() {
        let artifact = &format!("{COMPILED}/modules/artifact");
        for (below, mode, outer, refused) in [
            ("", 0o755, 0o755, false),
            ("", 0o775, 0o775, true),
            ("", 0o1777, 0o1777, true),
            (COMPILED, 0o775, 0o755, true),
            (COMPILED, 0o755, 0o755, false),
            (artifact, 0o664, 0o700, false),
        ] {
            let scratch = filled();
            scratch.set_mode(below, mode);
            scratch.set_mode("", outer);
            let refusal = prepare(&scratch.0).err().map(|error| error.to_string());
            assert_eq!(
                refusal.as_ref().is_some_and(|text| text.contains("chmod")),
                refused,
                "{below} {mode:o}: {refusal:?}"
            );
        }
        let scratch = filled();
        for (below, mode) in [("", 0o755), (COMPILED, 0o755), (artifact.as_str(), 0o664)] {
            scratch.set_mode(below, mode);
        }
        assert!(matches!(prepare(&scratch.0), Err(CacheFolderError::Writable(path)) if path.ends_with("artifact")));
    }

    #[test]
    fn what_belongs_to_another_user_is_refused() {
        for below in ["", COMPILED, "compiled/modules/artifact"] {
            let scratch = filled();
            // Only root can give files away.
            if chown(scratch.0.join(below), Some(65_534), None).is_err() {
                return;
            }
            assert!(matches!(prepare(&scratch.0), Err(CacheFolderError::Foreign(_))), "{below}");
        }
    }

    #[test]
    fn a_folder_that_is_no_cache_is_not_searched_to_its_end() {
        let scratch = filled();
        fs::create_dir_all(scratch.0.join(COMPILED).join("a/b/c/d/e/f")).expect("folders");
        assert!(matches!(prepare(&scratch.0), Err(CacheFolderError::TooDeep(_))));
    }
}
