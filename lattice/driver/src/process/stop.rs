//! Stops processes of a lattice: one, or exactly all that were started.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::Process;
use super::run_dir::RunDir;

/// How long a process may take to end after SIGKILL.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);
/// How often to look whether a process has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(20);

impl Process {
    /// How long a process may take to finish its work after SIGTERM. A wasmCloud host takes up to ten seconds.
    pub const STOP_TIMEOUT: Duration = Duration::from_secs(15);

    /// Sends it a signal, if it runs.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        if !self.is_running() {
            return Ok(());
        }
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        let pid = pid.with_context(|| format!("{} is not the id of a process", self.pid))?;
        match kill_process(pid, signal) {
            Err(error) if self.is_running() => bail!("cannot end {} (process {}): {error}", self.name, self.pid),
            _ => Ok(()),
        }
    }

    /// Sends it SIGTERM, and SIGKILL if it has not ended in time.
    pub async fn stop(&self, timeout: Duration) -> Result<()> {
        self.signal(Signal::TERM)?;
        if self.ends_within(timeout).await {
            return Ok(());
        }
        self.signal(Signal::KILL)?;
        if !self.ends_within(KILL_TIMEOUT).await {
            bail!("{} (process {}) does not end", self.name, self.pid);
        }
        Ok(())
    }

    /// Waits until it ends. False if it still runs after the timeout.
    pub async fn ends_within(&self, timeout: Duration) -> bool {
        let deadline = Instant::now() + timeout;
        while self.is_running() {
            if Instant::now() > deadline {
                return false;
            }
            tokio::time::sleep(POLL_INTERVAL).await;
        }
        true
    }
}

/// Stops all processes of a lattice and removes its keys and state. The caller holds the lock of the run directory. Returns how many
/// processes were stopped.
///
/// The order is the opposite of the start: hosts report that they stop while wadm and NATS still run.
pub(crate) async fn stop_all(run_dir: &RunDir) -> Result<usize> {
    let Some(state) = run_dir.load()? else {
        // A start that failed early leaves keys and no state.
        run_dir.clear()?;
        return Ok(0);
    };
    let mut stopped = 0;
    let hosts: Vec<_> = state.hosts().filter(|host| host.is_running()).collect();
    for host in &hosts {
        host.signal(Signal::TERM)?;
    }
    for host in hosts {
        host.stop(Process::STOP_TIMEOUT).await?;
        stopped += 1;
    }
    for process in state.processes.iter().rev().filter(|process| process.is_running()) {
        process.stop(Process::STOP_TIMEOUT).await?;
        stopped += 1;
    }
    run_dir.clear()?;
    Ok(stopped)
}
