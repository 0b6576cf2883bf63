//! Time and randomness of the host, as the engine asks for them.

use server::Surroundings;
use wasi::random::random::get_random_u64;

/// The host of this component.
pub(crate) struct Host;

impl Surroundings for Host {
    fn now_ms(&self) -> u64 {
        guest::now_ms()
    }

    async fn sleep_ms(&self, ms: u32) {
        guest::sleep_ms(ms).await;
    }

    fn random(&self) -> u64 {
        get_random_u64()
    }
}
