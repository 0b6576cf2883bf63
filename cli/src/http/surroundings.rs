use std::time::{Duration, Instant};

use server::Surroundings;

/// Time and randomness of this machine.
pub(crate) struct System {
    started: Instant,
}

impl System {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Surroundings for System {
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
