//! The folder of compiled components. What is in it runs natively, so that nothing of it may be another user's, or be changed by one.

use std::fs::{self, DirBuilder, File, Metadata};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

/// The folder below it that has the files: what is in it is deleted to make room.
const COMPILED: &str = "compiled";
/// The folder in that one which earlier versions of this program had their files in, by the cache of wasmtime.
const FORMER: &str = "modules";

/// Why a folder is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CacheFolderError {
    #[error("`{}`: {}", .0.display(), .1)]
    Io(PathBuf, io::Error),
    #[error("`{}` belongs to another user, who could put other code there: choose a folder of your own, or delete this one", .0.display())]
    Foreign(PathBuf),
    #[error("other users may write to `{}`, and could put other code there: run `chmod -R go-w` on the folder if you trust what is in it, or delete it", .0.display())]
    Writable(PathBuf),
    #[error("`{}` is a link: delete it, or choose another folder with `--cache-dir`", .0.display())]
    Link(PathBuf),
    #[error("other users could put another folder in the place of `{}`, as {}: choose a folder below ones of yours or of root's that only their owner may write to", .folder.display(), .reason)]
    Replaceable { folder: PathBuf, reason: String },
}

/// Makes the folder if there is none, for its user alone, and checks who can write to it, or put another in its place. Returns the folder
/// for compiled components, and the user. The path of the folder is absolute.
pub(super) fn prepare(folder: &Path) -> Result<(PathBuf, u32), CacheFolderError> {
    let compiled = folder.join(COMPILED);
    let made = DirBuilder::new().recursive(true).mode(0o700).create(&compiled);
    made.map_err(|error| CacheFolderError::Io(compiled.clone(), error))?;
    let user = user(folder).map_err(|error| CacheFolderError::Io(folder.to_owned(), error))?;
    for folder in [folder, &compiled] {
        check(folder, user)?;
    }
    check_above(folder, user)?;
    // Files are deleted there to make room.
    if compiled.is_symlink() {
        return Err(CacheFolderError::Link(compiled));
    }
    // There is none from the second time on.
    let _ = fs::remove_dir_all(compiled.join(FORMER));
    Ok((compiled, user))
}

/// The user of this process, as the owner of a file that it makes here and deletes again.
fn user(folder: &Path) -> io::Result<u32> {
    let probe = folder.join(format!("owner-{}-{:016x}", std::process::id(), rand::random::<u64>()));
    let owner = File::create_new(&probe)?.metadata().map(|metadata| metadata.uid());
    fs::remove_file(&probe)?;
    owner
}

fn check(folder: &Path, user: u32) -> Result<(), CacheFolderError> {
    let metadata = fs::metadata(folder).map_err(|error| CacheFolderError::Io(folder.to_owned(), error))?;
    match is_of_others(&metadata, user) {
        false => Ok(()),
        true if metadata.uid() == user => Err(CacheFolderError::Writable(folder.to_owned())),
        true => Err(CacheFolderError::Foreign(folder.to_owned())),
    }
}

/// Checks that no user but this one and root can put another folder in the place of this one: neither in its path as it was given, in which
/// a link may lead elsewhere, nor in the one that it leads to.
fn check_above(folder: &Path, user: u32) -> Result<(), CacheFolderError> {
    let real = fs::canonicalize(folder).map_err(|error| CacheFolderError::Io(folder.to_owned(), error))?;
    let is_own = |metadata: &Metadata| [0, user].contains(&metadata.uid());
    for path in folder.ancestors().chain(real.ancestors()) {
        let (metadata, link) = fs::metadata(path)
            .and_then(|metadata| Ok((metadata, fs::symlink_metadata(path)?)))
            .map_err(|error| CacheFolderError::Io(path.to_owned(), error))?;
        // In a folder with the sticky bit no user may rename what is another user's.
        let is_closed = metadata.mode() & 0o022 == 0 || metadata.mode() & 0o1000 != 0;
        let reason = match (is_own(&metadata) && is_own(&link), is_closed) {
            (true, true) => continue,
            (true, false) => format!("other users may write to `{}` (run `chmod go-w` on it)", path.display()),
            (false, _) => format!("`{}` belongs to another user", path.display()),
        };
        return Err(CacheFolderError::Replaceable { folder: folder.to_owned(), reason });
    }
    Ok(())
}

/// Whether a file or folder belongs to another user than this one, or others may write to it.
pub(super) fn is_of_others(metadata: &Metadata, user: u32) -> bool {
    metadata.uid() != user || metadata.mode() & 0o022 != 0
}

/// A folder of a test, which is deleted when this is dropped.
#[cfg(test)]
pub(super) struct Scratch(pub(super) PathBuf);

#[cfg(test)]
impl Scratch {
    pub(super) fn new() -> Self {
        Self(std::env::temp_dir().join(format!("wasmcp-cache-{}-{:x}", std::process::id(), rand::random::<u64>())))
    }
}

#[cfg(test)]
impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, chown, lchown};

    use super::*;

    fn set_mode(folder: &Path, mode: u32) {
        fs::set_permissions(folder, fs::Permissions::from_mode(mode)).expect("own folder");
    }

    #[test]
    fn a_new_folder_is_for_its_user_alone_and_can_be_used_again() {
        let scratch = Scratch::new();
        let (compiled, _) = prepare(&scratch.0).expect("new");
        for folder in [&scratch.0, &compiled] {
            assert_eq!(fs::metadata(folder).expect("folder").mode() & 0o777, 0o700, "{}", folder.display());
        }
        assert_eq!(prepare(&scratch.0).expect("again").0, compiled);
        let names: Vec<_> =
            fs::read_dir(&scratch.0).expect("folder").map(|entry| entry.expect("entry").file_name()).collect();
        assert_eq!(names, [COMPILED], "no probe is left");
    }

    #[test]
    fn a_folder_that_others_may_write_to_is_refused() {
        for (outer, inner, refused) in [
            (0o755, 0o755, false),
            (0o775, 0o755, true),
            (0o1777, 0o755, true),
            (0o755, 0o775, true),
            (0o755, 0o757, true),
        ] {
            let scratch = Scratch::new();
            let (compiled, _) = prepare(&scratch.0).expect("new");
            set_mode(&scratch.0, outer);
            set_mode(&compiled, inner);
            let refusal = prepare(&scratch.0).err().map(|error| error.to_string());
            assert_eq!(
                refusal.as_ref().is_some_and(|text| text.contains("chmod")),
                refused,
                "{outer:o} {inner:o}: {refusal:?}"
            );
        }
    }

    #[test]
    fn a_folder_that_is_a_link_to_another_one_is_refused() {
        let (scratch, other) = (Scratch::new(), Scratch::new());
        let (compiled, _) = prepare(&scratch.0).expect("new");
        fs::create_dir_all(&other.0).expect("temporary folder");
        fs::remove_dir(&compiled).expect("empty");
        std::os::unix::fs::symlink(&other.0, &compiled).expect("link");
        let refusal = prepare(&scratch.0).expect_err("it is a link").to_string();
        assert!(refusal.contains("is a link"), "{refusal}");
    }

    #[test]
    fn a_folder_that_others_could_replace_is_refused() {
        for (mode, owner, refusal) in [
            (0o755, None, None),
            (0o1777, None, None),
            (0o1775, None, None),
            (0o775, None, Some("run `chmod go-w` on it")),
            (0o757, None, Some("run `chmod go-w` on it")),
            (0o777, None, Some("run `chmod go-w` on it")),
            (0o755, Some(65_534), Some("belongs to another user")),
            (0o1777, Some(65_534), Some("belongs to another user")),
        ] {
            for through_link in [false, true] {
                let (scratch, linked) = (Scratch::new(), Scratch::new());
                let above = scratch.0.join("above");
                let folder = above.join("own/cache");
                prepare(&folder).expect("new");
                set_mode(&above, mode);
                // Only root can give folders away.
                if owner.is_some() && chown(&above, owner, None).is_err() {
                    continue;
                }
                let path = match through_link {
                    true => {
                        std::os::unix::fs::symlink(&folder, &linked.0).expect("a link");
                        linked.0.clone()
                    }
                    false => folder,
                };
                let found = prepare(&path).err().map(|error| error.to_string());
                let _ = fs::remove_file(&linked.0);
                match (&found, refusal) {
                    (Some(found), Some(refusal)) => assert!(found.contains(refusal), "{mode:o} {owner:?}: {found}"),
                    (found, refusal) => assert_eq!(found.as_deref(), refusal, "{mode:o} {owner:?}"),
                }
            }
        }
    }

    #[test]
    fn a_link_of_another_user_is_refused() {
        let (scratch, linked) = (Scratch::new(), Scratch::new());
        prepare(&scratch.0).expect("new");
        std::os::unix::fs::symlink(&scratch.0, &linked.0).expect("a link");
        prepare(&linked.0).expect("an own link");
        // Only root can give links away.
        if lchown(&linked.0, Some(65_534), None).is_ok() {
            let refusal = prepare(&linked.0).expect_err("a refusal").to_string();
            assert!(refusal.contains("belongs to another user"), "{refusal}");
        }
        fs::remove_file(&linked.0).expect("own folder");
    }

    #[test]
    fn what_an_earlier_version_has_left_is_deleted() {
        let scratch = Scratch::new();
        let (compiled, _) = prepare(&scratch.0).expect("new");
        fs::create_dir_all(compiled.join("modules/wasmtime")).expect("folder");
        for file in ["modules/wasmtime/artifact", "kept"] {
            fs::write(compiled.join(file), "code").expect("file");
        }
        prepare(&scratch.0).expect("again");
        assert!(!compiled.join("modules").exists() && compiled.join("kept").exists());
    }

    #[test]
    fn a_folder_of_another_user_is_refused() {
        for below in ["", COMPILED] {
            let scratch = Scratch::new();
            prepare(&scratch.0).expect("new");
            // Only root can give files away.
            if chown(scratch.0.join(below), Some(65_534), None).is_err() {
                return;
            }
            assert!(matches!(prepare(&scratch.0), Err(CacheFolderError::Foreign(_))), "{below}");
        }
    }
}
