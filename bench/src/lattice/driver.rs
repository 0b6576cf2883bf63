//! A lattice that the driver of `make up` started.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

use super::deployment::Role;

/// A lattice that is stopped when it is dropped.
pub(crate) struct DriverLattice {
    workspace: PathBuf,
    run: PathBuf,
    url: String,
}

/// The members of the driver's `state.json` that are needed here.
#[derive(Deserialize)]
struct State {
    processes: Vec<ProcessEntry>,
}

/// A process that the driver started.
#[derive(Deserialize)]
struct ProcessEntry {
    kind: String,
    pid: u32,
}

impl DriverLattice {
    /// Deploys a manifest, whose path may be relative to the workspace, on a lattice with this number of hosts for providers, if the manifest distinguishes hosts.
    pub(crate) fn up(workspace: &Path, run: &Path, manifest: &Path, hosts: u16) -> anyhow::Result<Self> {
        let mut lattice = Self { workspace: workspace.to_owned(), run: run.to_owned(), url: String::new() };
        lattice.drive(&["down"])?;
        let (manifest, hosts) = (manifest.display().to_string(), hosts.to_string());
        lattice.url = lattice.drive(&["up", "--port", "0", "--manifest", &manifest, "--hosts", &hosts])?;
        Ok(lattice)
    }

    /// The address that it listens on.
    pub(crate) fn address(&self) -> anyhow::Result<SocketAddr> {
        let authority = self.url.trim().strip_prefix("http://").and_then(|rest| rest.split('/').next());
        authority.unwrap_or_default().parse().with_context(|| format!("the driver says `{}`", self.url))
    }

    /// Its processes, in the order of their start.
    pub(crate) fn processes(&self) -> anyhow::Result<Vec<(Role, u32)>> {
        let state: State = serde_json::from_slice(&fs::read(self.run.join("state.json"))?)?;
        let role = |entry: ProcessEntry| {
            let role = match entry.kind.as_str() {
                "nats" => Role::Nats,
                "wadm" => Role::Wadm,
                "edge-host" => Role::Front,
                "provider-host" => Role::Provider,
                other => bail!("the driver started a process of an unknown kind, `{other}`"),
            };
            Ok((role, entry.pid))
        };
        state.processes.into_iter().map(role).collect()
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

impl Drop for DriverLattice {
    fn drop(&mut self) {
        if let Err(error) = self.drive(&["down"]) {
            tell!("a lattice was not stopped: {error:#}");
        }
    }
}
