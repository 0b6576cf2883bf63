//! The processes of a lattice: what one is, where its files are, how it starts, and how it ends.

pub mod binaries;
pub mod run_dir;
pub mod start;
pub mod stop;
pub(crate) mod wait;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use sysinfo::{ProcessRefreshKind, ProcessStatus, ProcessesToUpdate, System};

/// What a process is for.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The NATS server.
    Nats,
    /// wadm.
    Wadm,
    /// A host for the HTTP server and the transport.
    EdgeHost,
    /// A host for providers.
    ProviderHost,
}

impl Kind {
    /// Whether the process is a wasmCloud host.
    pub fn is_host(self) -> bool {
        matches!(self, Self::EdgeHost | Self::ProviderHost)
    }
}

/// A process that the driver started. It is identified by its id and its start time, as the system reuses ids.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Process {
    /// Its name, unique in the lattice.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// Its process id.
    pub pid: u32,
    /// When it started, in seconds since 1970, as the system reports it.
    pub started: u64,
    /// The file with its output.
    pub log: PathBuf,
    /// The id of a host on the lattice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
}

impl Process {
    /// Describes a process that was just started. An error if it has ended already.
    pub fn register(name: &str, kind: Kind, pid: Option<u32>, log: PathBuf) -> Result<Self> {
        let ended = || format!("{name} ended as soon as it was started: see {}", log.display());
        let pid = pid.with_context(ended)?;
        let started = start_time(pid).with_context(ended)?;
        Ok(Self { name: name.to_owned(), kind, pid, started, log, host_id: None })
    }

    /// Whether the process runs: this one, not another one with the same id.
    pub fn is_running(&self) -> bool {
        // The system counts from its own boot time, and its notion of that moves a little when the clock is set.
        start_time(self.pid).is_some_and(|started| started.abs_diff(self.started) <= 2)
    }

    /// The message for a process that has ended although the whole lattice depends on it.
    pub(crate) fn ended_message(&self) -> String {
        format!("{} has ended: `make down`, then `make up` (its log: {})", self.name, self.log.display())
    }
}

/// When a process started, in seconds since 1970. None if no such process runs; a zombie does not run.
fn start_time(pid: u32) -> Option<u64> {
    let pid = sysinfo::Pid::from_u32(pid);
    let mut system = System::new();
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing().without_tasks(),
    );
    let process = system.process(pid)?;
    let has_ended = matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead);
    (!has_ended).then(|| process.start_time())
}
