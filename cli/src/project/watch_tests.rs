//! Tests of what a change of the sources is, in real folders.

use std::fs;

use super::*;

/// A project of a test, which is deleted when this is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("wasmcp-watch-{name}-{}", std::process::id()));
        let folder = Self(folder);
        folder.write("app.py", "one");
        folder.write(".gitignore", "/notes\n*.log\n");
        folder
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.join(file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What the next change is in.
async fn changed<W: Watcher>(sources: &mut Sources<W>) -> String {
    let change = timeout(Duration::from_secs(60), sources.changed()).await.expect("a change");
    change.file.display().to_string()
}

#[tokio::test]
async fn a_change_of_a_source_is_told_and_nothing_else_is() {
    let folder = Folder::new("told");
    let mut sources = Sources::watch(&folder.0, &["/data".to_owned(), "!/.cargo".to_owned()]).expect("sources");
    let ignored = ["app.wasm", "target/a.rs", "a/node_modules/b.js", "notes/a", "a.log", "data/a", ".git/a", "a/.b"];
    for (number, file) in
        ["app.py", "new.py", "a/new/folder/a.py", "wit/world.wit", "a/b.wasm", ".cargo/config.toml"].iter().enumerate()
    {
        for ignored in ignored {
            folder.write(ignored, &number.to_string());
        }
        fs::read(folder.0.join("app.py")).expect("read");
        folder.write(file, "changed");
        assert_eq!(changed(&mut sources).await, *file);
    }
}

#[tokio::test]
async fn a_file_that_is_replaced_or_removed_has_changed_also_in_a_folder_that_was_made_again() {
    let folder = Folder::new("replaced");
    folder.write("src/lib.rs", "one");
    let mut sources = Sources::watch(&folder.0, &[]).expect("sources");
    folder.write(".lib.rs.new", "two");
    fs::rename(folder.0.join(".lib.rs.new"), folder.0.join("src/lib.rs")).expect("renamed");
    assert_eq!(changed(&mut sources).await, "src/lib.rs");
    fs::remove_dir_all(folder.0.join("src")).expect("removed");
    folder.write("src/lib.rs", "three");
    assert_eq!(changed(&mut sources).await, "src/lib.rs");
    folder.write("src/lib.rs", "four");
    assert_eq!(changed(&mut sources).await, "src/lib.rs");
    fs::remove_file(folder.0.join("src/lib.rs")).expect("removed");
    assert_eq!(changed(&mut sources).await, "src/lib.rs");
}

/// A watcher of folders that tells nothing, and cannot watch some of them.
struct Unable {
    folders: Vec<PathBuf>,
    asked: usize,
}

impl Watcher for Unable {
    fn new<F: notify::EventHandler>(_: F, _: notify::Config) -> notify::Result<Self> {
        Ok(Self { folders: vec![], asked: 0 })
    }

    fn watch(&mut self, path: &Path, _: RecursiveMode) -> notify::Result<()> {
        self.asked += 1;
        match self.folders.iter().any(|folder| path.ends_with(folder)) {
            true => Err(notify::Error::new(notify::ErrorKind::MaxFilesWatch)),
            false => Ok(()),
        }
    }

    fn unwatch(&mut self, _: &Path) -> notify::Result<()> {
        Ok(())
    }

    fn kind() -> notify::WatcherKind {
        notify::WatcherKind::NullWatcher
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_watched_stops_neither_the_start_nor_later_builds() {
    let folder = Folder::new("unwatched");
    folder.write("one/a.py", "one");
    let rules = Arc::new(Rules::new(&folder.0, &[]).expect("rules"));
    let (events, unable) = (Arc::new(Notify::new()), |folders| Unable { folders, asked: 0 });
    let watcher = unable(vec!["one".into(), "two".into()]);
    let mut sources = Sources::watched(Arc::clone(&rules), watcher, Arc::clone(&events)).expect("sources");
    let names = |sources: &Sources<Unable>| -> Vec<_> {
        sources.unwatched.iter().map(|folder| folder.file_name().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&sources), ["one"]);
    for (file, unwatched) in [("app.py", &["one"][..]), ("two/b.py", &["one", "two"]), ("one/a.py", &["one", "two"])] {
        folder.write(file, "two");
        events.notify_one();
        assert_eq!(changed(&mut sources).await, file);
        assert_eq!(names(&sources), unwatched, "{file}");
    }
    assert!(sources.watcher.asked >= 10, "each is tried again: {}", sources.watcher.asked);

    let root = rules.root.file_name().expect("a name").into();
    let error = Sources::watched(rules, unable(vec![root]), events).err().expect("an error").to_string();
    assert!(error.contains("raise `fs.inotify.max_user_watches`"), "{error}");
}

/// As of a build that formats them, or that generates some of them.
#[tokio::test]
async fn a_source_that_is_written_anew_with_the_same_text_is_no_change() {
    let folder = Folder::new("same");
    let mut sources = Sources::watch(&folder.0, &[]).expect("sources");
    for text in ["two", "three"] {
        folder.write("app.py", text);
        assert_eq!(changed(&mut sources).await, "app.py");
        folder.write("app.py", text);
        let now = sources.look().expect("sources");
        assert_eq!(now.difference(&sources.seen), None);
    }
    folder.write("z.py", "new");
    assert_eq!(changed(&mut sources).await, "z.py", "the first change since");
}

/// As during a build.
#[tokio::test]
async fn changes_before_the_next_wait_are_one_change() {
    let folder = Folder::new("one");
    let mut sources = Sources::watch(&folder.0, &[]).expect("sources");
    folder.write("a.py", "two");
    folder.write("app.py", "two");
    folder.write("app.py", "three");
    assert_eq!(changed(&mut sources).await, "a.py");
    folder.write("app.py", "four");
    folder.write("z.py", "last");
    assert_eq!(changed(&mut sources).await, "app.py");
    fs::remove_file(folder.0.join("z.py")).expect("removed");
    assert_eq!(changed(&mut sources).await, "z.py");
}

#[test]
fn what_cannot_be_watched_is_an_error() {
    let missing = Sources::watch(Path::new("/does/not/exist"), &[]).err().expect("an error").to_string();
    assert!(missing.starts_with("cannot watch `/does/not/exist`: "), "{missing}");
    let folder = Folder::new("pattern");
    let pattern = Sources::watch(&folder.0, &["{a".to_owned()]).err().expect("an error").to_string();
    assert!(pattern.starts_with("`{a` in `ignore` of wasmcp.toml is no pattern: "), "{pattern}");
}
