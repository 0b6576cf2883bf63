//! Takes a lattice down: stops exactly what was started.

use anyhow::Result;
use rustix::process::Signal;

use crate::process::Process;
use crate::state::Run;

/// Stops what `up` started, and forgets it. Returns how many processes there were.
pub async fn down(run: &Run) -> Result<usize> {
    let _lock = run.lock()?;
    stop_all(run).await
}

/// The same for whoever has the lock. In the opposite order of the start: hosts say goodbye while there is somebody to hear it.
pub(crate) async fn stop_all(run: &Run) -> Result<usize> {
    let Some(state) = run.load()? else {
        // It may have come as far as the keys.
        run.clear()?;
        return Ok(0);
    };
    let mut stopped = 0;
    let hosts: Vec<_> = state.hosts().filter(|host| host.is_running()).collect();
    for host in &hosts {
        host.signal(Signal::TERM)?;
    }
    for host in hosts {
        host.stop(Process::PATIENCE).await?;
        stopped += 1;
    }
    for process in state.processes.iter().rev().filter(|process| process.is_running()) {
        process.stop(Process::PATIENCE).await?;
        stopped += 1;
    }
    run.clear()?;
    Ok(stopped)
}
