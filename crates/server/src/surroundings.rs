use std::future::Future;

/// What the engine needs of the world around it, and a shell brings: time and randomness.
pub trait Surroundings: Send + Sync + 'static {
    /// Milliseconds since some fixed moment. Never goes back.
    fn now_ms(&self) -> u64;

    /// Done after so many milliseconds.
    fn sleep_ms(&self, ms: u32) -> impl Future<Output = ()> + Send;

    /// A number that nobody can guess.
    fn random(&self) -> u64;
}
