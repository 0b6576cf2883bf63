//! Waiting for a lattice that starts: until a deadline, an interruption, or the end of one of its processes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::signal::unix::{SignalKind, signal};

use super::run_dir::State;

/// What limits all waiting of one command.
pub(crate) struct Wait {
    deadline: Instant,
    interrupted: Arc<AtomicBool>,
}

impl Wait {
    /// A wait of that length from now, which signals interrupt. The state of a process must never be half saved, so that a signal
    /// takes effect only where the command waits.
    pub(crate) fn new(timeout: Duration) -> Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let hangup = (!is_hangup_ignored()).then(SignalKind::hangup);
        for kind in [SignalKind::interrupt(), SignalKind::terminate()].into_iter().chain(hangup) {
            let mut signals = signal(kind).context("cannot listen for signals")?;
            let interrupted = Arc::clone(&interrupted);
            tokio::spawn(async move {
                signals.recv().await;
                interrupted.store(true, Ordering::Relaxed);
            });
        }
        Ok(Self { deadline: Instant::now() + timeout, interrupted })
    }

    /// Waits until `done` returns true. The error after the deadline begins with `failure`.
    pub(crate) async fn until(&self, state: &State, failure: &str, mut done: impl AsyncFnMut() -> bool) -> Result<()> {
        while !done().await {
            self.check_alive(state)?;
            if self.is_over() {
                let logs: Vec<String> =
                    state.processes.iter().map(|process| process.log.display().to_string()).collect();
                bail!("{failure}: see {}", logs.join(", "));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Whether the deadline is over.
    pub(crate) fn is_over(&self) -> bool {
        Instant::now() > self.deadline
    }

    /// An error once a signal has interrupted the command.
    pub(crate) fn check_interrupted(&self) -> Result<()> {
        match self.interrupted.load(Ordering::Relaxed) {
            true => bail!("interrupted"),
            false => Ok(()),
        }
    }

    /// An error once a signal has interrupted the command or a process of the lattice has ended.
    pub(crate) fn check_alive(&self, state: &State) -> Result<()> {
        self.check_interrupted()?;
        match state.processes.iter().find(|process| !process.is_running()) {
            None => Ok(()),
            Some(ended) => {
                let log = std::fs::read_to_string(&ended.log).unwrap_or_default();
                let last = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it printed nothing");
                bail!("{} has ended: {last} (its log: {})", ended.name, ended.log.display())
            }
        }
    }
}

/// Whether the parent of this process ignores SIGHUP for it, as `nohup` does: then the command continues when the terminal is
/// closed. Only Linux reports that.
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The lowest bit is signal 1, SIGHUP.
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}
