//! The signals that stop a server, or a build.

use std::future::pending;
use std::io::IsTerminal as _;
use std::time::Duration;

use anyhow::Context as _;
use tokio::signal::unix::{SignalKind, signal};

/// Completes at the first signal to stop, or when the terminal is closed. A second signal ends the process at once, as does any signal before
/// this is called.
pub(crate) fn stop(drain: Duration) -> anyhow::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let hang_up = hang_up()?;
    Ok(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {}, () = hang_up => {} }
        tracing::info!("stopping: calls have {drain:?} to end (`--drain-timeout`)");
        tokio::spawn(async move {
            tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
            std::process::exit(130);
        });
    })
}

/// Completes when the terminal of this process is closed. It never completes where there is none: there the signal does what the parent has set,
/// which is to end the process at once, or nothing, as after `nohup`.
fn hang_up() -> anyhow::Result<impl Future<Output = ()>> {
    let mut hang_up = match std::io::stdin().is_terminal() {
        true => Some(signal(SignalKind::hangup()).context("cannot listen for signals")?),
        false => None,
    };
    Ok(async move {
        match &mut hang_up {
            Some(hang_up) => drop(hang_up.recv().await),
            None => pending().await,
        }
    })
}

/// Completes at a signal that would end this process, with the status that this process has then to end with itself, once it has ended the
/// process groups that it has started.
pub(crate) fn interruption() -> anyhow::Result<impl Future<Output = i32>> {
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for signals")?;
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for signals")?;
    let hang_up = hang_up()?;
    Ok(async move {
        let number = tokio::select! {
            _ = interrupt.recv() => SignalKind::interrupt(),
            _ = terminate.recv() => SignalKind::terminate(),
            () = hang_up => SignalKind::hangup(),
        };
        128 + number.as_raw_value()
    })
}
