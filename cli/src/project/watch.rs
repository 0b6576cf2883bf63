//! The sources of a project, and when they change.
//!
//! The system only tells that something has happened in a folder. Whether that is a change is decided by what is in the files, so that
//! neither reading them, nor what editors write beside them, nor a build that writes a source anew with the same text builds anything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ignore::WalkBuilder;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::fingerprint::Contents;

/// How long nothing happens when a change is whole: editors and other tools write several files.
const SETTLED: Duration = Duration::from_millis(50);
/// How long one change may take. What comes later is another one.
const LONGEST_CHANGE: Duration = Duration::from_secs(1);

/// What is no source of any project: hidden files, and what tools and `wasmcp build` write.
const NOT_SOURCES: [&str; 9] = [
    ".*",
    "target/",
    "node_modules/",
    "__pycache__/",
    "/build/",
    "/*.wasm",
    "/wit/deps/wasmcp-mcp/",
    "/wit_exports.go",
    "/wasmcp_mcp_*/",
];

/// The system of a Mac watches a whole tree. Linux watches single folders, of which `target` and `node_modules` have too many.
const WATCHES_TREES: bool = cfg!(target_os = "macos");

/// Why sources cannot be watched.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WatchError {
    #[error("cannot watch `{}`: {error}", .folder.display())]
    Unreadable { folder: PathBuf, error: std::io::Error },
    #[error("`{pattern}` in `ignore` of wasmcp.toml is no pattern: {error}")]
    Pattern { pattern: String, error: ignore::Error },
    #[error("cannot watch `{}`: this system watches no more folders for its user; on Linux raise `fs.inotify.max_user_watches`", .0.display())]
    TooMany(PathBuf),
    #[error("cannot watch `{}`: {error}", .folder.display())]
    Watcher { folder: PathBuf, error: notify::Error },
}

/// The sources of a project, which are watched while this exists.
pub(crate) struct Sources<W = RecommendedWatcher> {
    rules: Arc<Rules>,
    watcher: W,
    /// The folders that cannot be watched, which was said.
    unwatched: BTreeSet<PathBuf>,
    /// Notified when something has happened in a folder.
    events: Arc<Notify>,
    /// The sources that were built last.
    seen: Contents,
}

/// A change of the sources.
#[derive(Debug)]
pub(crate) struct Change {
    /// One of the files that have changed, from the folder of the project.
    pub(crate) file: PathBuf,
    /// When the change began, as far as this program knows.
    pub(crate) began: Instant,
}

impl Sources {
    /// Watches the sources in a folder. What `.gitignore` there names is no source, nor what these patterns name, which are written alike.
    pub(crate) fn watch(folder: &Path, ignored: &[String]) -> Result<Self, WatchError> {
        let rules = Arc::new(Rules::new(folder, ignored)?);
        let events = Arc::new(Notify::new());
        let (of_watcher, to_notify) = (Arc::clone(&rules), Arc::clone(&events));
        let handler = move |event: notify::Result<Event>| {
            if event.map_or(true, |event| of_watcher.concerns(&event)) {
                to_notify.notify_one();
            }
        };
        let error = |error| WatchError::Watcher { folder: folder.to_owned(), error };
        let mut watcher = notify::recommended_watcher(handler).map_err(error)?;
        if WATCHES_TREES {
            watcher.watch(&rules.root, RecursiveMode::Recursive).map_err(error)?;
        }
        Self::watched(rules, watcher, events)
    }
}

impl<W: Watcher> Sources<W> {
    fn watched(rules: Arc<Rules>, watcher: W, events: Arc<Notify>) -> Result<Self, WatchError> {
        let (unwatched, seen) = (BTreeSet::new(), Contents::default());
        let mut sources = Self { rules, watcher, unwatched, events, seen };
        sources.seen = sources.look()?;
        Ok(sources)
    }

    /// Completes when the sources are others than those that it told of last, and have stayed the same for a moment.
    pub(crate) async fn changed(&mut self) -> Change {
        loop {
            self.events.notified().await;
            let began = Instant::now();
            let settle = async { while timeout(SETTLED, self.events.notified()).await.is_ok() {} };
            let _ = timeout(LONGEST_CHANGE, settle).await;
            let now = match self.look() {
                Ok(now) => now,
                Err(error) => {
                    tracing::warn!("{error}; changes there build nothing");
                    continue;
                }
            };
            let change = now
                .difference(&self.seen)
                .map(|file| Change { file: file.strip_prefix(&self.rules.root).unwrap_or(file).to_owned(), began });
            self.seen = now;
            if let Some(change) = change {
                return change;
            }
        }
    }

    /// What the sources are now. Folders that are new are watched from here on, before their files are looked at.
    fn look(&mut self) -> Result<Contents, WatchError> {
        let mut files = Vec::new();
        for entry in self.rules.walk() {
            if !entry.file_type().is_some_and(|kind| kind.is_dir()) {
                files.push(entry.into_path());
            } else if !WATCHES_TREES {
                // A folder that is watched already costs little, and one that was made again under its name is not watched any longer.
                match self.watcher.watch(entry.path(), RecursiveMode::NonRecursive) {
                    Err(error) if entry.path().exists() => {
                        self.cannot_watch(WatchError::of(entry.path(), error), entry.path())?
                    }
                    Ok(()) | Err(_) => {}
                }
            }
        }
        Ok(Contents::of(files, &self.seen))
    }

    /// A folder that cannot be watched is an error if it is that of the project. What changes in another one is found when the system tells
    /// of another change.
    fn cannot_watch(&mut self, error: WatchError, folder: &Path) -> Result<(), WatchError> {
        if folder == self.rules.root {
            return Err(error);
        }
        if self.unwatched.insert(folder.to_owned()) {
            tracing::warn!("{error}. What changes there is built when a source in another folder changes");
        }
        Ok(())
    }
}

impl WatchError {
    fn of(folder: &Path, error: notify::Error) -> Self {
        let folder = folder.to_owned();
        match error.kind {
            notify::ErrorKind::MaxFilesWatch => Self::TooMany(folder),
            _ => Self::Watcher { folder, error },
        }
    }
}

/// Which files below a folder are sources.
struct Rules {
    root: PathBuf,
    patterns: Gitignore,
}

impl Rules {
    fn new(folder: &Path, ignored: &[String]) -> Result<Self, WatchError> {
        let unreadable = |error| WatchError::Unreadable { folder: folder.to_owned(), error };
        // The system tells of whole paths.
        let root = std::fs::canonicalize(folder).map_err(unreadable)?;
        let mut patterns = GitignoreBuilder::new(&root);
        let invalid = |pattern: &str| {
            let pattern = pattern.to_owned();
            move |error| WatchError::Pattern { pattern, error }
        };
        for pattern in NOT_SOURCES {
            patterns.add_line(None, pattern).map_err(invalid(pattern))?;
        }
        // There may be none, and what is no pattern in it git leaves out too.
        let _ = patterns.add(root.join(".gitignore"));
        for pattern in ignored {
            patterns.add_line(None, pattern).map_err(invalid(pattern))?;
        }
        let patterns = patterns.build().map_err(invalid("…"))?;
        Ok(Self { root, patterns })
    }

    /// The folders and files that are not ignored.
    fn walk(self: &Arc<Self>) -> impl Iterator<Item = ignore::DirEntry> + use<> {
        let rules = Arc::clone(self);
        let is_source = move |entry: &ignore::DirEntry| {
            !rules.ignores(entry.path(), entry.file_type().is_some_and(|kind| kind.is_dir()))
        };
        // What cannot be read now changes when it can be.
        WalkBuilder::new(&self.root).standard_filters(false).filter_entry(is_source).build().flatten()
    }

    /// Whether an event may be about a source.
    fn concerns(&self, event: &Event) -> bool {
        let is_any = event.need_rescan() || event.paths.iter().any(|path| !self.ignores(path, false));
        is_any && !event.kind.is_access()
    }

    fn ignores(&self, path: &Path, is_folder: bool) -> bool {
        match path.strip_prefix(&self.root) {
            Ok(inside) if !inside.as_os_str().is_empty() => {
                self.patterns.matched_path_or_any_parents(inside, is_folder).is_ignore()
            }
            // The folder itself.
            _ => false,
        }
    }
}

#[cfg(test)]
#[path = "watch_tests.rs"]
mod tests;
