//! Processes that the driver started: known by number and time of start, as numbers are given again.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
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
    /// Whether it is a wasmCloud host.
    pub fn is_host(self) -> bool {
        matches!(self, Self::EdgeHost | Self::ProviderHost)
    }
}

/// A process of a lattice.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Process {
    /// Its name, unique in the lattice.
    pub name: String,
    /// What it is for.
    pub kind: Kind,
    /// Its number.
    pub pid: u32,
    /// When it started, in seconds since 1970, as the system tells it.
    pub started: u64,
    /// What it says.
    pub log: PathBuf,
    /// Its name on the lattice, if it is a host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
}

impl Process {
    /// How long one has to finish what it does. A host takes ten seconds for itself.
    pub const PATIENCE: Duration = Duration::from_secs(15);

    /// Takes note of a process that was just started.
    pub fn note(name: &str, kind: Kind, pid: Option<u32>, log: PathBuf) -> Result<Self> {
        let ended = || format!("{name} ended as soon as it was started: see {}", log.display());
        let pid = pid.with_context(ended)?;
        let started = started(pid).with_context(ended)?;
        Ok(Self { name: name.to_owned(), kind, pid, started, log, host_id: None })
    }

    /// What is said where one has ended without which nothing goes on.
    pub(crate) fn ended(&self) -> String {
        format!("{} has ended: `make down`, then `make up` (its log: {})", self.name, self.log.display())
    }

    /// Whether it runs: this process, not another that got its number.
    pub fn is_running(&self) -> bool {
        // The system counts from its own start, and its notion of when that was moves a little when the clock is set.
        started(self.pid).is_some_and(|started| started.abs_diff(self.started) <= 2)
    }

    /// Sends it a signal, if it runs.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        if !self.is_running() {
            return Ok(());
        }
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw).context("not the number of a process")?;
        match kill_process(pid, signal) {
            Err(error) if self.is_running() => bail!("cannot end {} (process {}): {error}", self.name, self.pid),
            _ => Ok(()),
        }
    }

    /// Asks it to end, and ends it if it has not done so in time.
    pub async fn stop(&self, patience: Duration) -> Result<()> {
        self.signal(Signal::TERM)?;
        if self.ended_within(patience).await {
            return Ok(());
        }
        self.signal(Signal::KILL)?;
        if !self.ended_within(Duration::from_secs(5)).await {
            bail!("{} (process {}) does not end", self.name, self.pid);
        }
        Ok(())
    }

    /// Waits for its end.
    pub async fn ended_within(&self, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        while self.is_running() {
            if Instant::now() > deadline {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        true
    }
}

/// When a process started; none if there is no such process, or only what is left of it until its parent looks.
fn started(pid: u32) -> Option<u64> {
    let pid = sysinfo::Pid::from_u32(pid);
    let mut system = System::new();
    system.refresh_processes_specifics(
        ProcessesToUpdate::Some(&[pid]),
        true,
        ProcessRefreshKind::nothing().without_tasks(),
    );
    let process = system.process(pid)?;
    let is_gone = matches!(process.status(), ProcessStatus::Zombie | ProcessStatus::Dead);
    (!is_gone).then(|| process.start_time())
}
