//! How many calls of one component run at once. The others wait, but not for long.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use super::engine::{Running, Ticker};

/// How long a call waits for another one to end. A client that hears "try again" can; one that waits cannot.
const QUEUE: Duration = Duration::from_secs(5);

/// The room that one component has in the pool: as no component has a share of another's, none can take the room of another.
pub(crate) struct Slots {
    free: Semaphore,
    /// How many of the pool's shares one call takes.
    weight: u32,
    ticker: Arc<Ticker>,
}

/// A call's room, given back when dropped.
pub(crate) struct Slot<'a> {
    _permit: SemaphorePermit<'a>,
    _running: Running<'a>,
}

impl Slots {
    /// Room for `calls` shares of the pool. A component that needs more than all of them never runs.
    pub(crate) fn new(calls: u32, weight: u32, ticker: Arc<Ticker>) -> Self {
        let calls = usize::try_from(calls).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { free: Semaphore::new(calls), weight, ticker }
    }

    /// A slot, or nothing if none came free in time.
    pub(crate) async fn take(&self, time: Duration) -> Option<Slot<'_>> {
        let permit = match self.free.try_acquire_many(self.weight) {
            Ok(permit) => permit,
            Err(_) => {
                let free = self.free.acquire_many(self.weight);
                tokio::time::timeout(time.min(QUEUE), free).await.ok()?.ok()?
            }
        };
        Some(Slot { _permit: permit, _running: self.ticker.running() })
    }
}
