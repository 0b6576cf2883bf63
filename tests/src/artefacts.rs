//! Finds the workspace's programs and components.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

/// The targets that components are built for, and the profile that `make components` uses.
const TARGETS: [&str; 2] = ["wasm32-unknown-unknown/component", "wasm32-wasip2/component"];

/// A program of the workspace, `wasmcp` or `wasmtime`, built with the same profile as the running test.
pub fn program(name: &str) -> Result<PathBuf> {
    existing(profile_dir()?.join(name))
}

/// A component of the workspace by the name of its package, such as `calculator`. The file's name has `_` for `-`.
pub fn component(name: &str) -> Result<PathBuf> {
    let target = target_dir()?;
    let file = format!("{}.wasm", name.replace('-', "_"));
    for dir in TARGETS {
        let path = target.join(dir).join(&file);
        if path.exists() {
            return Ok(path);
        }
    }
    bail!("no `{file}` under `{}`: run `make test`", target.display())
}

/// A path for a file that a test makes, in a folder of the running test binary.
pub fn scratch(name: &str) -> Result<PathBuf> {
    let exe = std::env::current_exe()?;
    let stem = exe.file_stem().unwrap_or_default();
    let dir = target_dir()?.join("scratch").join(stem);
    std::fs::create_dir_all(&dir)?;
    Ok(dir.join(name))
}

fn existing(path: PathBuf) -> Result<PathBuf> {
    if path.exists() { Ok(path) } else { bail!("no `{}`: run `make test`", path.display()) }
}

fn target_dir() -> Result<PathBuf> {
    profile_dir()?.parent().map(Path::to_path_buf).context("the profile's folder has no parent")
}

/// `target/release`, since a test binary is `target/release/deps/NAME-HASH` and a program `target/release/NAME`.
fn profile_dir() -> Result<PathBuf> {
    let exe = std::env::current_exe()?;
    let dir = exe.parent().context("the running program has no folder")?;
    Ok(if dir.ends_with("deps") { dir.parent().unwrap_or(dir) } else { dir }.to_path_buf())
}
