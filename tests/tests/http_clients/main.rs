//! HTTP clients that are no MCP clients of ours: those of Node, Go and Python, Chromium, and nginx as a proxy; and a provider in a
//! page. The call through nginx takes more
//! than a minute, in which the other tests run.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod browser;
mod browser_example;
mod keep_alive;
mod nginx;
mod page;
mod refusals;

use std::path::{Path, PathBuf};
use std::process::Command;

/// A file below `tests/clients`. `make test` installs those that are not in the repository.
fn client(path: &str) -> PathBuf {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(path);
    assert!(file.exists(), "no {}: run `make test`, or `tools/link-clients` before this test alone", file.display());
    file
}

/// What a program prints. It must end with success.
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}:\n{said}\n{errors}", output.status);
    said.into_owned()
}
