use server::Surroundings;
use wasi::clocks::monotonic_clock;
use wasi::random::random::get_random_u64;

use crate::executor;

const NANOSECONDS_PER_MS: u64 = 1_000_000;

/// Time and randomness of the host.
pub(crate) struct Host;

impl Surroundings for Host {
    fn now_ms(&self) -> u64 {
        monotonic_clock::now() / NANOSECONDS_PER_MS
    }

    async fn sleep_ms(&self, ms: u32) {
        executor::until(monotonic_clock::now().saturating_add(u64::from(ms) * NANOSECONDS_PER_MS)).await;
    }

    fn random(&self) -> u64 {
        get_random_u64()
    }
}
