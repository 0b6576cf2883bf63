//! How many calls of one component run at once. Further calls wait for a slot, but not for long.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::{Instant, timeout_at};

use super::memory_budget::{MemoryReservation, MemoryShare};
use crate::host::engine::{Running, Ticker};

/// How long a call waits for another one to end. A client that is told to try again can do so; a client that waits cannot.
const QUEUE_TIMEOUT: Duration = Duration::from_secs(5);

/// The slots of one component. Each component has its own part of the pool, so a busy component cannot take slots of another.
pub(crate) struct Slots {
    free: Semaphore,
    /// How many quotas of the pool one call uses (see [`PoolQuota`](crate::host::engine::PoolQuota)).
    quota_units: u32,
    /// What the component may use of the memory for all.
    memory: Arc<MemoryShare>,
    /// How many bytes of memory an instance has when it starts, once that is known.
    initial_memory: AtomicUsize,
    ticker: Arc<Ticker>,
}

/// The slot of one call, released when dropped.
pub(crate) struct Slot<'a> {
    slots: &'a Slots,
    memory: Option<MemoryReservation>,
    _permit: SemaphorePermit<'a>,
    _running: Running<'a>,
}

impl Slots {
    /// Slots that use up to `calls` quotas of the pool. A component that needs more than all of them never runs.
    pub(crate) fn new(calls: u32, quota_units: u32, memory: Arc<MemoryShare>, ticker: Arc<Ticker>) -> Self {
        let calls = usize::try_from(calls).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self { free: Semaphore::new(calls), quota_units, memory, initial_memory: AtomicUsize::new(0), ticker }
    }

    /// Waits for a slot, and then for an instance that is `ready`, or for the memory with which one starts. There is none if none became free
    /// within `time`, or within five seconds.
    pub(crate) async fn take<I>(
        &self,
        time: Duration,
        ready: impl FnOnce() -> Option<I>,
    ) -> Option<(Slot<'_>, Option<I>)> {
        let deadline = Instant::now() + time.min(QUEUE_TIMEOUT);
        let permit = match self.free.try_acquire_many(self.quota_units) {
            Ok(permit) => permit,
            Err(_) => timeout_at(deadline, self.free.acquire_many(self.quota_units)).await.ok()?.ok()?,
        };
        let left = deadline.saturating_duration_since(Instant::now());
        // An instance is taken with the slot in hand, so that no call holds one while it waits.
        let ready = ready();
        let memory = match ready {
            Some(_) => None,
            None => Some(self.memory.reserve(self.initial_memory.load(Ordering::Relaxed), left).await?),
        };
        Some((Slot { slots: self, memory, _permit: permit, _running: self.ticker.running() }, ready))
    }
}

impl Slot<'_> {
    /// The memory that was reserved for the call.
    pub(crate) fn take_memory(&mut self) -> MemoryReservation {
        self.memory.take().unwrap_or_else(|| self.slots.memory.nothing())
    }

    /// An instance has started with so many bytes of memory. Later calls wait until there are so many.
    pub(crate) fn started_with(&self, bytes: usize) {
        self.slots.initial_memory.store(bytes, Ordering::Relaxed);
    }
}
