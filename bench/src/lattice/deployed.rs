//! A lattice that the driver of `make up` started.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use super::shape::Part;

/// Stopped when dropped.
pub(crate) struct Deployed {
    workspace: PathBuf,
    run: PathBuf,
    url: String,
}

/// What is wanted of the driver's `state.json`.
#[derive(Deserialize)]
struct State {
    processes: Vec<Noted>,
}

#[derive(Deserialize)]
struct Noted {
    kind: String,
    pid: u32,
}

impl Deployed {
    /// Deploys a manifest of the workspace on a lattice with so many hosts for providers, if it tells hosts apart.
    pub(crate) fn up(workspace: &Path, run: &Path, manifest: &str, hosts: u16) -> anyhow::Result<Self> {
        let mut lattice = Self { workspace: workspace.to_owned(), run: run.to_owned(), url: String::new() };
        lattice.drive(&["down"])?;
        let hosts = hosts.to_string();
        lattice.url = lattice.drive(&["up", "--port", "0", "--manifest", manifest, "--hosts", &hosts])?;
        Ok(lattice)
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        let authority = self.url.trim().strip_prefix("http://").and_then(|rest| rest.split('/').next());
        authority.unwrap_or_default().parse().with_context(|| format!("the driver says `{}`", self.url))
    }

    /// Its processes, in the order of their start.
    pub(crate) fn processes(&self) -> anyhow::Result<Vec<(Part, u32)>> {
        let state: State = serde_json::from_slice(&fs::read(self.run.join("state.json"))?)?;
        let part = |noted: Noted| {
            let part = match noted.kind.as_str() {
                "nats" => Part::Nats,
                "wadm" => Part::Wadm,
                "edge-host" => Part::Front,
                "provider-host" => Part::Provider,
                other => bail!("the driver started a process of an unknown kind, `{other}`"),
            };
            Ok((part, noted.pid))
        };
        state.processes.into_iter().map(part).collect()
    }

    fn drive(&self, arguments: &[&str]) -> anyhow::Result<String> {
        let driver = self.workspace.join("target/driver/debug/wasmcp-lattice");
        let mut command = Command::new(&driver);
        // The images of the manifests are relative to the workspace.
        command.current_dir(&self.workspace).arg("--run").arg(&self.run).args(arguments);
        let run = command.stdin(Stdio::null()).output();
        let output = run.with_context(|| format!("cannot start `{}`: run `make bench-lattice`", driver.display()))?;
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`wasmcp-lattice {}`: {}", arguments.join(" "), said.trim());
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

impl Drop for Deployed {
    fn drop(&mut self) {
        if let Err(error) = self.drive(&["down"]) {
            eprintln!("a lattice was not stopped: {error:#}");
        }
    }
}
