//! The run directory of a lattice: all files of one lattice, and the state by which `down` stops it.
//!
//! ```text
//! lock                    held by the one driver that may change what runs
//! state.json              what runs, see `State`; readable by its owner only
//! manifest.yaml           what was deployed
//! logs/NAME.log           the output of each process
//! credentials/NAME.creds  the credentials of each process for NATS
//! nats/                   the configuration and data of NATS
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use super::{Kind, Process};
use crate::manifest::Timeouts;
use crate::nats::client::LatticeClient;
use crate::private_files;

/// The folder with the files of a lattice.
#[derive(Clone, Debug)]
pub struct RunDir {
    folder: PathBuf,
}

/// What runs, as `state.json` has it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct State {
    /// Where NATS listens: `ADDRESS:PORT`.
    pub nats: String,
    /// The name of the application, once it is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// The URL of the MCP server, once the application is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The credentials file of the driver, which `wash` can use as well.
    pub driver_credentials: PathBuf,
    /// Registries that hosts may use without TLS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insecure_registries: Vec<String>,
    /// Whether hosts may load images from files.
    pub file_load: bool,
    /// The folder of the programs.
    pub binaries: PathBuf,
    /// How long calls may take, from which the limits of hosts follow.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// How many hosts of each kind were ever started, by the prefix of their names.
    #[serde(default)]
    pub started: BTreeMap<String, u32>,
    /// All processes, in the order in which they were started.
    pub processes: Vec<Process>,
}

impl RunDir {
    /// The run directory in that folder, which need not exist.
    pub fn at(folder: &Path) -> Result<Self> {
        let folder = std::path::absolute(folder).with_context(|| format!("{} cannot be a folder", folder.display()))?;
        Ok(Self { folder })
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The log file of the process with that name.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.join("logs").join(format!("{name}.log"))
    }

    /// The folder of the credentials.
    pub fn credentials(&self) -> PathBuf {
        self.folder.join("credentials")
    }

    /// Creates its folders, readable by their owner only.
    pub fn create(&self) -> Result<()> {
        private_files::create_folder(&self.folder)?;
        let names = ["logs", "credentials", "nats"];
        names.into_iter().try_for_each(|name| private_files::create_own_folder(&self.folder.join(name)))
    }

    /// Takes the lock, as only one driver at a time may change what runs. Dropping the file releases it.
    pub fn lock(&self) -> Result<File> {
        private_files::create_folder(&self.folder)?;
        let path = self.path("lock");
        let file = private_files::append(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(std::fs::TryLockError::WouldBlock) => {
                bail!("another driver is running in {}: wait until it ends", self.folder.display())
            }
            Err(std::fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    /// Reads what runs; none if nothing was started.
    pub fn load(&self) -> Result<Option<State>> {
        let path = self.path("state.json");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        serde_json::from_str(&text).map(Some).with_context(|| {
            format!("cannot parse {}: stop the processes of the lattice by hand, then remove the file", path.display())
        })
    }

    /// Reads what runs. An error if nothing was started.
    pub fn running(&self) -> Result<State> {
        self.load()?.context("no lattice is up: start one, `make up`")
    }

    /// Saves what runs.
    pub fn save(&self, state: &State) -> Result<()> {
        let text = serde_json::to_string_pretty(state).context("cannot write the state as JSON")?;
        // The file is replaced as a whole: a process that is missing in it would never be stopped.
        private_files::write(&self.path("state.json.new"), &text)?;
        std::fs::rename(self.path("state.json.new"), self.path("state.json")).context("cannot replace state.json")
    }

    /// Removes the logs of an earlier lattice.
    pub fn clear_logs(&self) -> Result<()> {
        match std::fs::remove_dir_all(self.path("logs")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context("cannot remove old logs"),
            _ => Ok(()),
        }
    }

    /// Removes the keys and the state of a lattice that was stopped, or of a start that failed. Logs stay.
    pub fn clear(&self) -> Result<()> {
        let has_state = self.path("state.json").exists();
        // Without a state this might be a folder of another program: a folder is removed only if it has a file of the driver.
        for (name, own_file) in [("credentials", "accounts.seed"), ("nats", "trust.conf")] {
            let folder = self.path(name);
            if !has_state && !folder.join(own_file).exists() {
                continue;
            }
            match std::fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).with_context(|| format!("cannot remove {}", folder.display()));
                }
                _ => {}
            }
        }
        match std::fs::remove_file(self.path("state.json")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(error).context("cannot remove state.json")
            }
            _ => Ok(()),
        }
    }
}

/// The NATS user of a host for calls. The one for control has the name of the host.
pub(super) fn calls_user(host: &str) -> String {
    format!("{host}-calls")
}

impl State {
    /// Connects to the lattice.
    pub async fn connect(&self) -> Result<LatticeClient> {
        if let Some(nats) = self.process("nats").filter(|nats| !nats.is_running()) {
            bail!(nats.ended_message());
        }
        let folder = self.driver_credentials.parent().unwrap_or(Path::new("."));
        let edge = self.processes.iter().find(|process| process.kind == Kind::EdgeHost);
        let calls = edge.map(|edge| folder.join(format!("{}.creds", calls_user(&edge.name))));
        LatticeClient::connect(&self.nats, Some(&self.driver_credentials), calls.as_deref()).await
    }

    /// The process with that name.
    pub fn process(&self, name: &str) -> Option<&Process> {
        self.processes.iter().find(|process| process.name == name)
    }

    /// The processes that are hosts.
    pub fn hosts(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(|process| process.kind.is_host())
    }

    /// The name for another host of that kind. Names are never reused, not even of hosts that have ended: logs and readers tell hosts
    /// apart by them.
    pub fn next_host_name(&mut self, kind: Kind) -> String {
        let prefix = if kind == Kind::EdgeHost { "edge" } else { "provider" };
        let count = self.started.entry(prefix.to_owned()).or_insert(0);
        *count += 1;
        format!("{prefix}-{count}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_host_that_has_ended_is_not_reused() {
        let text = r#"{"nats":"","driver_credentials":"","file_load":true,"binaries":"","processes":[]}"#;
        let mut state: State = serde_json::from_str(text).unwrap();
        for (kind, expected) in [
            (Kind::ProviderHost, "provider-1"),
            (Kind::EdgeHost, "edge-1"),
            (Kind::ProviderHost, "provider-2"),
            (Kind::ProviderHost, "provider-3"),
        ] {
            assert_eq!(state.next_host_name(kind), expected);
            state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        }
    }

    #[test]
    fn what_a_failed_start_left_is_removed_and_the_folder_of_another_program_is_not() {
        let folder = std::env::temp_dir().join(format!("wasmcp-state-{}", std::process::id()));
        let run_dir = RunDir::at(&folder).unwrap();
        for (file, is_removed) in [
            ("credentials/accounts.seed", true),
            ("nats/trust.conf", true),
            ("nats/permissions.yaml", false),
            ("credentials/theirs", false),
        ] {
            run_dir.create().unwrap();
            private_files::write(&run_dir.path(file), "").unwrap();
            run_dir.clear().unwrap();
            assert_eq!(run_dir.path(file).exists(), !is_removed, "{file}");
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
}
