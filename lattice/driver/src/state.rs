//! The run directory of a lattice, where everything is that one lattice needs and `down` has to know.
//!
//! ```text
//! state.json            what runs, see `State`; readable by its owner only
//! manifest.yaml         what was deployed
//! logs/NAME.log         what each process says
//! credentials/NAME.creds  by which each process speaks to NATS
//! nats/                 its configuration and data
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use serde::{Deserialize, Serialize};

use crate::lattice::Lattice;
use crate::private;
use crate::process::{Kind, Process};
use crate::wanted::Timeouts;

/// The name of the lattice: wash's default, so that `wash` needs no option for it.
pub const LATTICE: &str = "default";

/// Where the files of a lattice are.
#[derive(Clone, Debug)]
pub struct Run {
    folder: PathBuf,
}

/// What runs.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct State {
    /// Where NATS listens: address and port.
    pub nats: String,
    /// The application, once it is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub application: Option<String>,
    /// Where clients of MCP find it, once it is deployed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// With what `wash` and the driver speak to NATS.
    pub driver_credentials: PathBuf,
    /// Registries to which hosts may speak without TLS.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub insecure_registries: Vec<String>,
    /// Whether hosts may load images from files.
    pub file_load: bool,
    /// Where the programs are.
    pub tools: PathBuf,
    /// How long calls may take, which hosts are told.
    #[serde(default)]
    pub timeouts: Timeouts,
    /// How many hosts of each kind were ever started, by the beginning of their names.
    #[serde(default)]
    pub started: BTreeMap<String, u32>,
    /// All processes, in the order of their start.
    pub processes: Vec<Process>,
}

impl Run {
    /// The run directory in that folder, which need not exist.
    pub fn at(folder: &Path) -> Result<Self> {
        let folder =
            std::path::absolute(folder).with_context(|| format!("no folder can be at {}", folder.display()))?;
        Ok(Self { folder })
    }

    /// A file or folder in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The log of a process.
    pub fn log(&self, name: &str) -> PathBuf {
        self.folder.join("logs").join(format!("{name}.log"))
    }

    /// Where credentials are.
    pub fn credentials(&self) -> PathBuf {
        self.folder.join("credentials")
    }

    /// Makes its folders, readable by their owner only.
    pub fn create(&self) -> Result<()> {
        private::folder(&self.folder)?;
        ["logs", "credentials", "nats"].into_iter().try_for_each(|name| private::own_folder(&self.folder.join(name)))
    }

    /// Only one driver at a time may change what runs; the lock goes with the file that is returned.
    pub fn lock(&self) -> Result<File> {
        private::folder(&self.folder)?;
        let path = self.path("lock");
        let file = private::append(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(std::fs::TryLockError::WouldBlock) => {
                bail!("another driver is at work in {}: wait for it to end", self.folder.display())
            }
            Err(std::fs::TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }

    /// What runs; none if nothing was started.
    pub fn load(&self) -> Result<Option<State>> {
        let path = self.path("state.json");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        serde_json::from_str(&text)
            .map(Some)
            .with_context(|| format!("{} is damaged: end what runs by hand, then remove it", path.display()))
    }

    /// What runs, which must be something.
    pub fn running(&self) -> Result<State> {
        self.load()?.context("no lattice is up: start one, `make up`")
    }

    /// Keeps what runs.
    pub fn save(&self, state: &State) -> Result<()> {
        let text = serde_json::to_string_pretty(state).context("the state cannot be written")?;
        // Whole or not at all: what is lost here would run for ever.
        private::write(&self.path("state.json.new"), &text)?;
        std::fs::rename(self.path("state.json.new"), self.path("state.json")).context("cannot replace state.json")
    }

    /// Removes the logs of an earlier lattice.
    pub fn clear_logs(&self) -> Result<()> {
        match std::fs::remove_dir_all(self.path("logs")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).context("cannot remove old logs"),
            _ => Ok(()),
        }
    }

    /// Forgets what ran, or what a start that failed has left. Logs stay; keys do not.
    pub fn clear(&self) -> Result<()> {
        let is_ours = self.path("state.json").exists();
        // Without a state it might be any folder: what is removed has to look like ours.
        for (name, first) in [("credentials", "account.seed"), ("nats", "trust.conf")] {
            let folder = self.path(name);
            if !is_ours && !folder.join(first).exists() {
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

impl State {
    /// Connects to it.
    pub async fn connect(&self) -> Result<Lattice> {
        if let Some(nats) = self.process("nats").filter(|nats| !nats.is_running()) {
            bail!(nats.ended());
        }
        let folder = self.driver_credentials.parent().unwrap_or(Path::new("."));
        let edge = self.processes.iter().find(|process| process.kind == Kind::EdgeHost);
        let calls = edge.map(|edge| folder.join(format!("{}.creds", edge.name)));
        Lattice::connect(&self.nats, Some(&self.driver_credentials), calls.as_deref()).await
    }

    /// The process of that name.
    pub fn process(&self, name: &str) -> Option<&Process> {
        self.processes.iter().find(|process| process.name == name)
    }

    /// The hosts.
    pub fn hosts(&self) -> impl Iterator<Item = &Process> {
        self.processes.iter().filter(|process| process.kind.is_host())
    }

    /// A name for a further host of that kind. None is given twice, not even when its host is gone: logs and readers tell hosts apart
    /// by it.
    pub fn new_name(&mut self, kind: Kind) -> String {
        let stem = if kind == Kind::EdgeHost { "edge" } else { "provider" };
        let count = self.started.entry(stem.to_owned()).or_insert(0);
        *count += 1;
        format!("{stem}-{count}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_host_that_is_gone_is_not_given_again() {
        let text = r#"{"nats":"","driver_credentials":"","file_load":true,"tools":"","processes":[]}"#;
        let mut state: State = serde_json::from_str(text).unwrap();
        for (kind, wanted) in [
            (Kind::ProviderHost, "provider-1"),
            (Kind::EdgeHost, "edge-1"),
            (Kind::ProviderHost, "provider-2"),
            (Kind::ProviderHost, "provider-3"),
        ] {
            assert_eq!(state.new_name(kind), wanted);
            state = serde_json::from_str(&serde_json::to_string(&state).unwrap()).unwrap();
        }
    }

    #[test]
    fn what_a_start_left_behind_is_removed_and_the_folder_of_somebody_else_is_not() {
        let folder = std::env::temp_dir().join(format!("wasmcp-state-{}", std::process::id()));
        let run = Run::at(&folder).unwrap();
        for (file, is_removed) in [
            ("credentials/account.seed", true),
            ("nats/trust.conf", true),
            ("nats/permissions.yaml", false),
            ("credentials/theirs", false),
        ] {
            run.create().unwrap();
            private::write(&run.path(file), "").unwrap();
            run.clear().unwrap();
            assert_eq!(run.path(file).exists(), !is_removed, "{file}");
            std::fs::remove_dir_all(&folder).unwrap();
        }
    }
}
