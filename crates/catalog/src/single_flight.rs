//! An answer that is asked for once, also by callers that come at the same moment.
//!
//! The asynchronous mutex of `futures-util` needs no runtime, wakes the next caller when the first one is dropped, and
//! is a crate that is here already. `Shared` of the same crate would need a boxed future that owns its provider.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use futures_util::lock::Mutex;

/// An answer that is cached if it is the same for all callers.
#[derive(Debug)]
pub(crate) struct SingleFlight<T> {
    cached: OnceLock<Arc<T>>,
    /// An answer came that differs by caller, so that no caller waits for another any more.
    varies: AtomicBool,
    /// How many callers that asked alone had an error.
    failures: AtomicUsize,
    first: Mutex<()>,
}

impl<T> Default for SingleFlight<T> {
    fn default() -> Self {
        Self {
            cached: OnceLock::new(),
            varies: AtomicBool::new(false),
            failures: AtomicUsize::new(0),
            first: Mutex::new(()),
        }
    }
}

impl<T> SingleFlight<T> {
    /// The answer, if it is cached.
    pub(crate) fn cached(&self) -> Option<&Arc<T>> {
        self.cached.get()
    }

    /// The cached answer, else what `ask` gives: the answer, and whether it is the same for all callers. While the first
    /// caller asks, the others wait for its answer. If it has an error, that is its own: those who waited then ask all
    /// at once, so that none waits for several providers in a row that answer too late.
    pub(crate) async fn get<E>(&self, ask: impl Future<Output = Result<(T, bool), E>>) -> Result<Arc<T>, E> {
        if let Some(cached) = self.cached.get() {
            return Ok(Arc::clone(cached));
        }
        let failures = self.failures.load(Ordering::Acquire);
        let mut turn = None;
        if !self.varies.load(Ordering::Acquire) {
            turn = Some(self.first.lock().await);
            if let Some(cached) = self.cached.get() {
                return Ok(Arc::clone(cached));
            }
            if self.varies.load(Ordering::Acquire) || self.failures.load(Ordering::Acquire) != failures {
                turn = None;
            }
        }
        let answer = ask.await;
        if answer.is_err() {
            self.failures.fetch_add(1, Ordering::Release);
        }
        let (answer, same_for_all) = answer?;
        let answer = Arc::new(answer);
        let answer = match same_for_all {
            true => Arc::clone(self.cached.get_or_init(|| answer)),
            false => {
                self.varies.store(true, Ordering::Release);
                answer
            }
        };
        drop(turn);
        Ok(answer)
    }
}
