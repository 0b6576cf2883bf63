//! Waiting for a lattice that starts: until a deadline, an interruption, or the end of one of its processes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use tokio::signal::unix::{SignalKind, signal};

use crate::inventory::Inventory;
use crate::lattice::Lattice;
use crate::state::State;

/// What ends all waiting.
pub(crate) struct Wait {
    deadline: Instant,
    interrupted: Arc<AtomicBool>,
}

impl Wait {
    /// Waits for so long from now, or until somebody interrupts. A process may not be left half noted, so that an interruption takes
    /// effect only where something is waited for.
    pub(crate) fn new(patience: Duration) -> Result<Self> {
        let interrupted = Arc::new(AtomicBool::new(false));
        let hangup = (!is_hangup_ignored()).then(SignalKind::hangup);
        for kind in [SignalKind::interrupt(), SignalKind::terminate()].into_iter().chain(hangup) {
            let mut signals = signal(kind).context("signals cannot be heard")?;
            let interrupted = Arc::clone(&interrupted);
            tokio::spawn(async move {
                signals.recv().await;
                interrupted.store(true, Ordering::Relaxed);
            });
        }
        Ok(Self { deadline: Instant::now() + patience, interrupted })
    }

    /// Until `done` is true.
    pub(crate) async fn until(
        &self,
        state: &State,
        otherwise: &str,
        mut done: impl AsyncFnMut() -> bool,
    ) -> Result<()> {
        while !done().await {
            self.go_on(state)?;
            if self.is_over() {
                let logs: Vec<String> =
                    state.processes.iter().map(|process| process.log.display().to_string()).collect();
                bail!("{otherwise}: see {}", logs.join(", "));
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        Ok(())
    }

    /// Until the application serves; if it does not, says what is missing.
    pub(crate) async fn until_it_serves(&self, state: &State, lattice: &Lattice) -> Result<()> {
        loop {
            self.go_on(state)?;
            // Who does not answer now may answer next time.
            let (missing, application) = match Inventory::take(lattice, state.into()).await {
                Ok(inventory) if inventory.missing.is_empty() => return Ok(()),
                Ok(inventory) => (inventory.missing, inventory.application),
                Err(error) => (vec![format!("{error:#}")], None),
            };
            if self.is_over() {
                let wadm = application
                    .map(|application| format!("wadm says `{}` {}", application.status, application.message));
                let said: Vec<String> = missing.into_iter().chain(wadm).chain(refused(state)).collect();
                bail!("the application does not serve in time:\n  {}", said.join("\n  "));
            }
            tokio::time::sleep(Duration::from_millis(300)).await;
        }
    }

    /// Whether it has taken long enough.
    pub(crate) fn is_over(&self) -> bool {
        Instant::now() > self.deadline
    }

    /// An error once somebody has interrupted.
    pub(crate) fn heard_nothing(&self) -> Result<()> {
        match self.interrupted.load(Ordering::Relaxed) {
            true => bail!("interrupted"),
            false => Ok(()),
        }
    }

    fn go_on(&self, state: &State) -> Result<()> {
        self.heard_nothing()?;
        match state.processes.iter().find(|process| !process.is_running()) {
            None => Ok(()),
            Some(ended) => {
                let log = std::fs::read_to_string(&ended.log).unwrap_or_default();
                let last = log.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
                bail!("{} has ended: {last} (all of it: {})", ended.name, ended.log.display())
            }
        }
    }
}

/// Whether whoever started this wants it to go on when the terminal is closed, as `nohup` does. Said by Linux alone.
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // The first bit is the first signal, which is SIGHUP.
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

/// What NATS would not let somebody do, which nobody else says.
fn refused(state: &State) -> Option<String> {
    let log = std::fs::read_to_string(&state.process("nats")?.log).ok()?;
    let last = log.lines().rev().find(|line| line.contains("Violation"))?;
    Some(format!("NATS refused something: {last}"))
}
