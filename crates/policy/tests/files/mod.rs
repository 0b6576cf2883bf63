//! Reads the folders of `policies/`, and finds OPA.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]
#![allow(dead_code, reason = "no test uses all of it")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use policy::File;

/// The starter policies.
pub(crate) const POLICIES: [&str; 5] = ["arguments", "office-hours", "read-only", "tenants", "tool-scopes"];

/// A file with its text.
#[derive(Clone, Debug)]
pub(crate) struct TextFile {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// The repository.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of a starter policy.
pub(crate) fn folder(name: &str) -> Vec<TextFile> {
    let entries = std::fs::read_dir(root().join("policies").join(name)).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .map(|path| TextFile {
            text: std::fs::read_to_string(&path).expect("a text"),
            path: path.file_name().expect("a name").to_string_lossy().into_owned(),
        })
        .collect()
}

/// The files as a bundle takes them.
pub(crate) fn borrowed(files: &[TextFile]) -> Vec<File<'_>> {
    files.iter().map(|file| File { path: &file.path, text: &file.text }).collect()
}

/// The folder of OPA with its program and its test cases. It is made when it is first needed, by one of the tests of this process.
pub(crate) fn opa() -> &'static Path {
    static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
        let output = Command::new(root().join("tools/install")).arg("opa").output().expect("tools/install");
        assert!(output.status.success(), "tools/install opa: {}", String::from_utf8_lossy(&output.stderr));
        PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())
    });
    &FOLDER
}
