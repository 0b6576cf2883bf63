//! How many calls of one component run at once. Further calls wait for a slot, but not for long.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::host::engine::{Running, Ticker};

/// How long a call waits for another one to end. A client that is told to try again can do so; a client that waits cannot.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// The slots of one component. Each component has its own part of the pool, so a busy component cannot take slots of another.
pub(crate) struct Slots {
    free: Semaphore,
    /// How many quotas of the pool one call uses (see [`PoolQuota`](crate::host::engine::PoolQuota)).
    quota_units: u32,
    ticker: Arc<Ticker>,
}

/// The slot of one call, released when dropped.
pub(crate) struct Slot<'a> {
    _permit: SemaphorePermit<'a>,
    _running: Running<'a>,
}

impl Slots {
    /// Slots that use up to `calls` quotas of the pool. A component that needs more than all of them never runs.
    pub(crate) fn new(calls: u32, quota_units: u32, ticker: Arc<Ticker>) -> Self {
        let calls = usize::try_from(calls).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { free: Semaphore::new(calls), quota_units, ticker }
    }

    /// Waits for a slot. There is none if no slot became free within `time`, or within five seconds.
    pub(crate) async fn take(&self, time: Duration) -> Option<Slot<'_>> {
        let permit = match self.free.try_acquire_many(self.quota_units) {
            Ok(permit) => permit,
            Err(_) => {
                let free = self.free.acquire_many(self.quota_units);
                tokio::time::timeout(time.min(QUEUE_TIMEOUT), free).await.ok()?.ok()?
            }
        };
        Some(Slot { _permit: permit, _running: self.ticker.running() })
    }
}
