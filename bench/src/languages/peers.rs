//! The servers of the official SDKs, in `bench/peers`: installed by `tools/install`, started as their authors would.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, ensure};
use serde_json::Value;

use super::Places;
use crate::machine::output;

/// The packages of each SDK whose versions matter.
const PYTHON: [&str; 5] = ["mcp", "uvicorn", "uvloop", "httptools", "pydantic"];
const TYPESCRIPT: [&str; 2] = ["@modelcontextprotocol/server", "@modelcontextprotocol/node"];

/// The servers, installed.
pub(crate) struct Peers {
    /// The interpreter that has the packages of the SDK.
    interpreter: PathBuf,
    python: PathBuf,
    typescript: PathBuf,
}

impl Peers {
    /// Installs what they need, where it is not there yet.
    pub(crate) fn install(places: &Places) -> anyhow::Result<Self> {
        let sources = places.workspace.join("bench/peers");
        let folder = places.scratch.join("typescript-sdk");
        let peers = Self {
            interpreter: installed(places, "bench/peers/python")?.join("python/bin/python"),
            python: sources.join("python/server.py"),
            typescript: folder.join("server.mjs"),
        };
        // Node looks for packages beside the file that imports them.
        fs::create_dir_all(&folder)?;
        fs::copy(sources.join("typescript/server.mjs"), &peers.typescript)?;
        symlink(installed(places, "bench/peers/typescript")?.join("node_modules"), folder.join("node_modules"))?;
        Ok(peers)
    }

    /// What starts the server in Python.
    pub(crate) fn python(&self, address: &str) -> Command {
        let mut command = Command::new(&self.interpreter);
        command.arg(&self.python).arg(address);
        command
    }

    /// What starts the server in TypeScript.
    pub(crate) fn typescript(&self, address: &str) -> Command {
        let mut command = Command::new("node");
        command.arg(&self.typescript).arg(address);
        command
    }
}

/// The folder into which the packages of `folder` are installed.
fn installed(places: &Places, folder: &str) -> anyhow::Result<PathBuf> {
    let mut install = Command::new(places.workspace.join("tools/install"));
    let output = install.arg(folder).stderr(Stdio::inherit()).output().context("cannot start `tools/install`")?;
    ensure!(output.status.success(), "`tools/install {folder}` failed");
    Ok(PathBuf::from(String::from_utf8(output.stdout)?.trim_end()))
}

/// What the servers and the components are made with.
pub(crate) fn versions(workspace: &Path) -> anyhow::Result<[String; 2]> {
    let read = |path: &str| {
        let path = workspace.join(path);
        fs::read_to_string(&path).with_context(|| format!("cannot read `{}`", path.display()))
    };
    let (python, typescript) =
        (read("bench/peers/python/requirements.txt")?, read("bench/peers/typescript/package-lock.json")?);
    let (python_tool, javascript_tools) =
        (read("examples/weather-py/requirements.txt")?, read("examples/weather-ts/package-lock.json")?);
    Ok([
        format!(
            "Peers: {} with {}; Node {} with {}",
            output("python3", &["--version"]),
            pip_versions(&python, &PYTHON),
            output("node", &["--version"]),
            npm_versions(&typescript, &TYPESCRIPT)
        ),
        format!(
            "Tools of the examples: {}; {}; {}",
            pip_versions(&python_tool, &["componentize-py"]),
            npm_versions(&javascript_tools, &["componentize-qjs", "esbuild"]),
            output("go", &["version"])
        ),
    ])
}

/// The versions that a `requirements.txt` pins.
fn pip_versions(requirements: &str, names: &[&str]) -> String {
    list(names, |name| {
        let pinned = requirements.lines().filter_map(|line| line.split_once("=="));
        pinned.filter(|(found, _)| found == &name).map(|(_, version)| version.trim().to_owned()).next()
    })
}

/// The versions that a `package-lock.json` pins.
fn npm_versions(lock: &str, names: &[&str]) -> String {
    let lock: Value = serde_json::from_str(lock).unwrap_or_default();
    list(names, |name| {
        let package = lock.get("packages")?.get(format!("node_modules/{name}"))?;
        Some(package.get("version")?.as_str()?.to_owned())
    })
}

fn list(names: &[&str], version: impl Fn(&str) -> Option<String>) -> String {
    let versions = names.iter().map(|name| format!("{name} {}", version(name).as_deref().unwrap_or("unknown")));
    versions.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_those_that_the_files_pin() {
        let requirements = "# The SDK.\nmcp-types==1.0.0\nmcp==2.3.0\n";
        let lock = r#"{"packages":{"":{"name":"a"},"node_modules/@a/b":{"version":"2.4.0"},"node_modules/@a/b/node_modules/c":{"version":"1.0.0"}}}"#;
        let cases = [
            (pip_versions(requirements, &["mcp", "mcp-types"]), "mcp 2.3.0, mcp-types 1.0.0"),
            (pip_versions(requirements, &["types"]), "types unknown"),
            (npm_versions(lock, &["@a/b", "c"]), "@a/b 2.4.0, c unknown"),
            (npm_versions("", &["@a/b"]), "@a/b unknown"),
        ];
        for (versions, expected) in cases {
            assert_eq!(versions, expected);
        }
    }
}
