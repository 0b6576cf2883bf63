//! How a listener ends: first it takes no more requests, then it waits no longer for calls.

use tokio::sync::watch;

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
