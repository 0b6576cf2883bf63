//! What the engine needs of the machine: a clock, timers and random numbers.

use std::time::{Duration, Instant};

use server::Surroundings;

/// The clock and the random numbers of this machine.
pub(crate) struct SystemPorts {
    started: Instant,
}

impl SystemPorts {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Surroundings for SystemPorts {
    fn now_ms(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    async fn sleep_ms(&self, ms: u32) {
        tokio::time::sleep(Duration::from_millis(ms.into())).await;
    }

    fn random(&self) -> u64 {
        rand::random()
    }
}
