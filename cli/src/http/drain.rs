//! How a listener ends: first it takes no more requests and waits for the calls that run, then it waits no longer for them.

use std::pin::pin;
use std::time::Duration;

use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use super::listen::ListenerLimits;

/// How long the answers to calls may take that the listener does not wait for any longer.
const LAST_ANSWERS_TIMEOUT: Duration = Duration::from_secs(2);

/// What a listener does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// It serves.
    #[default]
    Serving,
    /// It takes no more requests, and waits for the calls that run.
    Draining,
    /// It waits no longer: the calls that still run are answered with an error.
    Ending,
}

/// Completes when the listener has come to a phase.
pub(super) async fn reached(mut now: watch::Receiver<Phase>, phase: Phase) {
    if now.wait_for(|now| *now >= phase).await.is_err() {
        // The listener has ended, and with it everything that waits here.
        std::future::pending().await
    }
}

/// Waits for the calls that still run, for as long as they are given, and then for the answers to those that it waits for no longer. `free`
/// has a permit for each connection.
pub(super) async fn drain(phase: &watch::Sender<Phase>, free: &Semaphore, limits: ListenerLimits) {
    phase.send_replace(Phase::Draining);
    // Calls that outlive their connection hold permits too.
    let mut drained = pin!(free.acquire_many(limits.connections));
    if timeout(limits.drain, drained.as_mut()).await.is_err() {
        tracing::warn!(
            "calls that took more than {:?} to end got an error that says that they may have run",
            limits.drain
        );
        phase.send_replace(Phase::Ending);
        let _ = timeout(LAST_ANSWERS_TIMEOUT, drained).await;
    }
}
