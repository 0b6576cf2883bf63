//! The cache of compiled components: for each a file of native code, which wasmtime maps into memory.

use std::fs::{self, File, FileTimes, OpenOptions};
use std::hash::{Hash as _, Hasher};
use std::io::{self, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ring::digest::{Context, SHA256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::cache_folder::{CacheFolderError, is_of_others, prepare};

/// How many bytes the files have together. That is room for two dozen components in Python, or a thousand in Rust.
const MAX_BYTES: u64 = 1 << 30;
/// The length of the checksum at the end of a file.
const CHECKSUM: usize = 4;

/// The compiled components in a folder that only the user of this process can write to.
pub(crate) struct ArtifactCache {
    folder: PathBuf,
    user: u32,
    /// Whether files are read into memory. Otherwise they are mapped.
    reads: bool,
}

/// The name of what an engine makes of a component. Components of others may be in the cache: a name has to be of one component only,
/// so it has its SHA-256.
pub(super) struct ArtifactName(String);

impl ArtifactName {
    /// Reads a component to its end. Its name has the version of wasmtime and all that the engine's configuration says about code.
    pub(super) fn of(engine: &Engine, mut component: impl Read) -> io::Result<Self> {
        let mut digest = Digest(Context::new(&SHA256));
        engine.precompile_compatibility_hash().hash(&mut digest);
        for_each_chunk(&mut component, |chunk| digest.write(chunk))?;
        let digest = digest.0.finish();
        Ok(Self(digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

/// Passes what wasmtime hashes to SHA-256.
struct Digest(Context);

impl Hasher for Digest {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0 // `Hash` never calls this, and the digest is longer
    }
}

impl ArtifactCache {
    /// Opens the cache in a folder, which is made if there is none.
    pub(crate) fn open(folder: &Path) -> Result<Self, CacheFolderError> {
        let (folder, user) = prepare(folder)?;
        let reads = is_on_nfs(&folder);
        Ok(Self { folder, user, reads })
    }

    /// The component of this name, if it was compiled before. A file that cannot be used counts as none.
    pub(super) fn load(&self, engine: &Engine, name: &ArtifactName) -> Option<Component> {
        let path = self.folder.join(&name.0);
        let loaded = match self.check(&path) {
            Ok(()) if self.reads => read(engine, &path),
            Ok(()) => map(engine, &path),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => Err(error.into()),
        };
        loaded
            .inspect_err(|error| {
                tracing::warn!("`{}` cannot be used, so the component is compiled again: {error:#}", path.display());
            })
            .ok()
    }

    /// Keeps what was compiled. If that fails, the next start compiles it again.
    pub(super) fn store(&self, name: &ArtifactName, component: &Component) {
        let stored = component.serialize().and_then(|artifact| Ok(self.write(name, &artifact, MAX_BYTES)?));
        if let Err(error) = stored {
            let folder = self.folder.display();
            tracing::warn!(
                "cannot keep what was compiled in `{folder}`, so the next start compiles it again: {error:#}"
            );
        }
    }

    /// Checks that a file is what this user has written, to its last byte, and notes that it was used.
    fn check(&self, path: &Path) -> io::Result<()> {
        let metadata = fs::symlink_metadata(path)?;
        if !metadata.is_file() || is_of_others(&metadata, self.user) {
            return Err(io::Error::other("it is no file of yours alone"));
        }
        let mut file = File::open(path)?;
        let mut checksum = crc32fast::Hasher::new();
        let code = metadata.len().saturating_sub(CHECKSUM as u64);
        for_each_chunk(&mut (&mut file).take(code), |chunk| checksum.update(chunk))?;
        let mut expected = [0; CHECKSUM];
        file.read_exact(&mut expected)?;
        if expected != checksum.finalize().to_le_bytes() {
            return Err(io::Error::other("it is damaged"));
        }
        // On a file system that is only read the time stays what it is.
        let _ = file.set_times(FileTimes::new().set_accessed(SystemTime::now()));
        Ok(())
    }

    /// Writes a file that is there as a whole or not at all, and deletes others for which there is no room any more.
    fn write(&self, name: &ArtifactName, artifact: &[u8], max_bytes: u64) -> io::Result<()> {
        let path = self.folder.join(&name.0);
        let temporary = self.folder.join(format!("{}.{:016x}.tmp", name.0, rand::random::<u64>()));
        let written =
            OpenOptions::new().write(true).create_new(true).mode(0o600).open(&temporary).and_then(|mut file| {
                file.write_all(artifact)?;
                file.write_all(&crc32fast::hash(artifact).to_le_bytes())?;
                fs::rename(&temporary, &path)
            });
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written?;
        self.make_room(&path, max_bytes)
    }

    /// Deletes the files that were not used for the longest time. A process that has mapped one keeps what it has, as none is mapped where
    /// another machine could delete it.
    fn make_room(&self, kept: &Path, max_bytes: u64) -> io::Result<()> {
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            // Another process may have deleted it.
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            if metadata.is_file() {
                files.push((path != kept, metadata.accessed()?, metadata.len(), path));
            }
        }
        files.sort_unstable_by(|(other, used, ..), (next_other, next_used, ..)| {
            other.cmp(next_other).then(next_used.cmp(used))
        });
        let mut bytes = 0_u64;
        for (is_other, _, length, path) in files {
            bytes = bytes.saturating_add(length);
            if is_other && bytes > max_bytes {
                let _ = fs::remove_file(path);
            }
        }
        Ok(())
    }
}

/// Reads to the end, without keeping what was read.
fn for_each_chunk(reader: &mut impl Read, mut action: impl FnMut(&[u8])) -> io::Result<()> {
    let mut buffer = vec![0; 128 << 10];
    loop {
        match reader.read(&mut buffer) {
            Ok(0) => return Ok(()),
            Ok(read) => action(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// Whether a folder is on NFS. What another machine deletes or replaces there ends the processes that have mapped it, by SIGBUS.
#[cfg(target_os = "linux")]
fn is_on_nfs(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|system| system.f_type == rustix::fs::NFS_SUPER_MAGIC)
}

/// Whether a folder is on NFS, which is not known on this system.
#[cfg(not(target_os = "linux"))]
fn is_on_nfs(_: &Path) -> bool {
    false
}

/// Loads a file that was checked by mapping it.
#[allow(unsafe_code, reason = "wasmtime runs what is in the file, and cannot know who wrote it")]
fn map(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    // SAFETY: this function asks for the unmodified output of `Component::serialize`, which wasmtime refuses if it is of another version
    // or configuration. This is such output: `ArtifactCache::write` alone makes these files, only this user (and root) can write to their
    // folder and to the file itself, and the checksum is that of all its bytes. Bytes after the end of an ELF file are not read. The file
    // does not change while it is mapped, since it is replaced by renaming another and never written to.
    let mapped = unsafe { Component::deserialize_file(engine, path) };
    // A file system that is mounted with `noexec` allows no code to be mapped. Code in memory may run.
    mapped.or_else(|error| if path.exists() { read(engine, path) } else { Err(error) })
}

/// Loads a file that was checked by reading it.
#[allow(unsafe_code, reason = "as of `map`")]
fn read(engine: &Engine, path: &Path) -> wasmtime::Result<Component> {
    let bytes = fs::read(path)?;
    // SAFETY: as in `map`. Another process may have replaced the file since it was checked, by one of the same name, which `write` has made
    // too.
    unsafe { Component::deserialize(engine, bytes) }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

    use super::super::cache_folder::Scratch;
    use super::super::engine::{COMPOSED, PROVIDER, engine};
    use super::*;

    /// A component with some code.
    const COMPONENT: &[u8] = br#"(component (core module $m
        (memory 1) (data (i32.const 0) "some data")
        (func (export "f") (param i32) (result i32) local.get 0 i32.load8_u))
        (core instance $i (instantiate $m))
        (func (export "f") (param "x" u32) (result u32) (canon lift (core func $i "f"))))"#;

    fn of_calls(calls: u32) -> Engine {
        engine(&PROVIDER, calls, 1 << 30, None).expect("engine")
    }

    fn component(engine: &Engine) -> Component {
        Component::from_binary(engine, &wat::parse_bytes(COMPONENT).expect("text")).expect("component")
    }

    /// A cache with one component, its name and its file.
    fn filled(scratch: &Scratch, engine: &Engine) -> (ArtifactCache, ArtifactName, PathBuf) {
        let cache = ArtifactCache::open(&scratch.0).expect("new");
        let name = ArtifactName::of(engine, COMPONENT).expect("name");
        assert!(cache.load(engine, &name).is_none(), "nothing was compiled");
        cache.store(&name, &component(engine));
        let path = cache.folder.join(&name.0);
        (cache, name, path)
    }

    #[test]
    fn what_was_stored_is_loaded_by_another_process() {
        let (scratch, engine) = (Scratch::new(), of_calls(1));
        let (_, name, path) = filled(&scratch, &engine);
        assert_eq!(fs::metadata(&path).expect("file").mode() & 0o777, 0o600);
        let mut cache = ArtifactCache::open(&scratch.0).expect("again");
        for reads in [false, true] {
            cache.reads = reads;
            let loaded = cache.load(&of_calls(1), &name).expect("loaded");
            assert!(loaded.get_export_index(None, "f").is_some(), "reads: {reads}");
        }
        let files = fs::read_dir(&cache.folder).expect("folder").count();
        assert_eq!(files, 1, "no temporary file is left");
    }

    #[test]
    fn a_name_is_of_one_component_and_of_engines_that_make_the_same_of_it() {
        let name = |engine: &Engine, component: &[u8]| ArtifactName::of(engine, component).expect("name").0;
        let other_code = Engine::new(wasmtime::Config::new().epoch_interruption(false)).expect("engine");
        let one = name(&of_calls(1), COMPONENT);
        assert_eq!(one.len(), 64);
        assert_eq!(one, name(&of_calls(1), COMPONENT));
        assert_eq!(one, name(&of_calls(7), COMPONENT), "the number of calls is not in the code");
        assert_eq!(one, name(&engine(&COMPOSED, 1, 1 << 20, None).expect("engine"), COMPONENT));
        assert_ne!(one, name(&of_calls(1), b"another"));
        assert_ne!(one, name(&other_code, COMPONENT));
    }

    #[test]
    fn a_damaged_file_counts_as_none_and_is_replaced() {
        let (scratch, engine) = (Scratch::new(), of_calls(1));
        let (cache, name, path) = filled(&scratch, &engine);
        let whole = fs::read(&path).expect("file");
        let flipped = |place: usize| {
            let mut bytes = whole.clone();
            bytes[place] ^= 1;
            bytes
        };
        let mut damaged: Vec<Vec<u8>> = (0..whole.len()).step_by(whole.len() / 50).map(flipped).collect();
        damaged.extend((0..whole.len()).step_by(whole.len() / 50).map(|length| whole[..length].to_vec()));
        damaged.extend([flipped(whole.len() - 1), [whole.clone(), vec![0]].concat(), vec![0; whole.len()]]);
        for bytes in damaged {
            fs::write(&path, &bytes).expect("file");
            assert!(cache.load(&engine, &name).is_none(), "{} of {} bytes", bytes.len(), whole.len());
        }
        cache.store(&name, &component(&engine));
        assert!(cache.load(&engine, &name).is_some());
    }

    #[test]
    fn what_another_engine_made_is_refused_even_if_the_name_fits() {
        let (scratch, engine) = (Scratch::new(), of_calls(1));
        let (cache, name, _) = filled(&scratch, &engine);
        let other = Engine::new(wasmtime::Config::new().epoch_interruption(false)).expect("engine");
        assert!(cache.load(&other, &name).is_none());
    }

    #[test]
    fn a_file_that_others_could_have_written_is_not_run() {
        let (scratch, engine) = (Scratch::new(), of_calls(1));
        let (cache, name, path) = filled(&scratch, &engine);
        let elsewhere = scratch.0.join("elsewhere");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o620)).expect("own file");
        assert!(cache.load(&engine, &name).is_none(), "a group may write to it");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).expect("own file");
        assert!(cache.load(&engine, &name).is_some());
        // Only root can give files away.
        if std::os::unix::fs::chown(&path, Some(65_534), None).is_ok() {
            assert!(cache.load(&engine, &name).is_none(), "it is another user's");
        }
        fs::rename(&path, &elsewhere).expect("own folder");
        std::os::unix::fs::symlink(&elsewhere, &path).expect("link");
        assert!(cache.load(&engine, &name).is_none(), "it is a link");
        cache.store(&name, &component(&engine));
        assert!(cache.load(&engine, &name).is_some(), "it was replaced");
    }

    #[test]
    fn what_was_not_used_for_the_longest_time_makes_room() {
        let scratch = Scratch::new();
        let cache = ArtifactCache::open(&scratch.0).expect("new");
        let names = || {
            let entries = fs::read_dir(&cache.folder).expect("folder");
            let mut names: Vec<_> = entries.map(|entry| entry.expect("entry").file_name()).collect();
            names.sort();
            names
        };
        let write = |name: &str| cache.write(&ArtifactName(name.to_owned()), &[7; 96], 300).expect("written");
        let set_used = |name: &str, seconds: u64| {
            let used = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            let file = File::open(cache.folder.join(name)).expect("file");
            file.set_times(FileTimes::new().set_accessed(used)).expect("own file");
        };
        for (name, used) in [("a", 3), ("b", 1), ("c", 2)] {
            write(name);
            set_used(name, used);
        }
        assert_eq!(names(), ["a", "b", "c"]);
        write("d");
        assert_eq!(names(), ["a", "c", "d"], "`b` was used the longest time ago");
        cache.check(&cache.folder.join("c")).expect("intact");
        set_used("d", 4);
        write("e");
        assert_eq!(names(), ["c", "d", "e"], "`c` has been used since");
        cache.write(&ArtifactName("large".to_owned()), &[7; 1000], 300).expect("written");
        assert_eq!(names(), ["large"], "the newest stays");
    }
}
