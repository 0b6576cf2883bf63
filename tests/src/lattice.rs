//! A lattice that the driver `wasmcp-lattice` starts for a test. Dropping it stops it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::examples::Endpoint;
use crate::{Reply, Request, component, processes_with, program, scratch};

/// The folder of a lattice's programs. `make test-lattice` sets it.
pub fn binaries() -> Result<PathBuf> {
    Ok(std::env::var_os("WASMCP_LATTICE_BINARIES").context("run `make test-lattice`")?.into())
}

/// A lattice that `wasmcp-lattice up` started. Dropping it stops it.
pub struct Lattice {
    run: PathBuf,
    /// The URL of its MCP endpoint.
    pub url: String,
}

/// A process of a lattice.
#[derive(Clone, Debug)]
pub struct Process {
    /// The driver's name for it.
    pub name: String,
    /// Its id.
    pub pid: u64,
}

impl Lattice {
    /// Composes the components of a lattice from these providers, into a folder of this name.
    pub fn compose(name: &str, providers: &[&str]) -> Result<PathBuf> {
        Self::composed(name, providers, &[])
    }

    /// The same with the transport that asks for tokens.
    pub fn compose_secured(name: &str, providers: &[&str]) -> Result<PathBuf> {
        Self::composed(name, providers, &["--auth"])
    }

    /// The same with options of `wasmcp compose`. A provider is the name of its file, or `NAME=FILE`.
    pub fn composed(name: &str, providers: &[&str], options: &[&str]) -> Result<PathBuf> {
        let folder = scratch(name)?;
        let file = |name: &&str| if name.contains('=') { Ok(name.into()) } else { component(name) };
        let files = providers.iter().map(file).collect::<Result<Vec<_>>>()?;
        let mut command = Command::new(program("wasmcp")?);
        text(command.args(["compose", "--for", "lattice"]).args(options).args(files).arg("-o").arg(&folder))?;
        Ok(folder)
    }

    /// Starts a lattice, and returns once it serves the manifest. Its output is in a folder of this name.
    pub fn up(name: &str, manifest: &Path, flags: &[&str]) -> Result<Lattice> {
        let run = scratch(name)?;
        let mut command = Self::up_command(&run, manifest)?;
        if !flags.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        match text(command.args(flags)) {
            Ok(url) => Ok(Lattice { run, url: url.trim().to_owned() }),
            Err(error) => {
                let left = Self::left(&run)?;
                ensure!(left.is_empty(), "processes are left: {left:?}; {error:#}");
                Err(error)
            }
        }
    }

    /// The command that starts a lattice.
    pub fn up_command(run: &Path, manifest: &Path) -> Result<Command> {
        let mut command = driver(run)?;
        command.args(["up", "--manifest"]).arg(manifest);
        Ok(command)
    }

    /// The processes that still run of the lattice in this folder.
    pub fn left(run: &Path) -> Result<Vec<u32>> {
        processes_with(&format!("{RUN}={}", run.display()))
    }

    /// The folder of its processes: their logs, and the files of NATS.
    pub fn folder(&self) -> &Path {
        &self.run
    }

    /// The address on which it listens.
    pub fn address(&self) -> Result<SocketAddr> {
        let authority = self.url.strip_prefix("http://").and_then(|rest| rest.split('/').next());
        Ok(authority.unwrap_or_default().parse()?)
    }

    /// Runs a command of the driver on this lattice, and returns its standard output.
    pub fn drive(&self, arguments: &[&str]) -> Result<String> {
        text(driver(&self.run)?.args(arguments))
    }

    /// Deploys another manifest with `wash`, by the credentials of the driver. The lattice carries it out later.
    pub fn deploy(&self, manifest: &Path) -> Result<()> {
        let state = self.state()?;
        let value = |name: &str| state[name].as_str().with_context(|| format!("no {name}: {state}"));
        let (host, port) = value("nats")?.rsplit_once(':').context("NATS has no port")?;
        let mut wash = Command::new(binaries()?.join("wash"));
        wash.args(["app", "deploy"])
            .arg(manifest)
            .env("HOME", &self.run)
            .env("WASH_CTL_CREDS", value("driver_credentials")?);
        text(wash.envs([("WASMCLOUD_CTL_HOST", host), ("WASMCLOUD_CTL_PORT", port)])).map(drop)
    }

    /// The content of `state.json`.
    pub fn state(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&std::fs::read(self.run.join("state.json"))?)?)
    }

    /// Its processes.
    pub fn processes(&self) -> Result<Vec<Process>> {
        let state = self.state()?;
        let processes = state["processes"].as_array().context("no processes")?;
        processes
            .iter()
            .map(|process| {
                Ok(Process {
                    name: process["name"].as_str().context("no name")?.to_owned(),
                    pid: process["pid"].as_u64().context("no pid")?,
                })
            })
            .collect()
    }
}

impl Endpoint for Lattice {
    fn send(&self, request: &Request) -> Result<Reply> {
        request.send(self.address()?)
    }
}

impl Drop for Lattice {
    fn drop(&mut self) {
        let down = driver(&self.run).and_then(|mut driver| text(driver.arg("down")));
        let left = Self::left(&self.run);
        if !thread::panicking() {
            assert!(down.is_ok(), "the lattice did not stop: {down:?}");
            assert!(left.as_ref().is_ok_and(Vec::is_empty), "processes are left: {left:?}");
        }
    }
}

/// The variable with the driver's directory for a lattice.
const RUN: &str = "WASMCP_LATTICE_RUN";

fn driver(run: &Path) -> Result<Command> {
    let driver = std::env::var_os("WASMCP_LATTICE_DRIVER").context("run `make test-lattice`")?;
    let mut command = Command::new(driver);
    command.env(RUN, run);
    // Without this folder the driver downloads the official programs.
    match binaries()?.join("wadm").exists() {
        true => command.env("WASMCP_LATTICE_BINARIES", binaries()?),
        false => command.env_remove("WASMCP_LATTICE_BINARIES"),
    };
    Ok(command)
}

/// Runs a command that must succeed, and returns its standard output.
fn text(command: &mut Command) -> Result<String> {
    let Output { status, stdout, stderr } = command.output().with_context(|| format!("cannot run {command:?}"))?;
    ensure!(status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&stderr));
    Ok(String::from_utf8_lossy(&stdout).into_owned())
}
