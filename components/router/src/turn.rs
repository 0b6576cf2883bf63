//! Whose turn it is to name a link.

use futures_util::lock::{Mutex, MutexGuard};

/// The host keeps one link name for each interface, and an invocation reads it some time after it was made. So one is made after the
/// other; whether they are taken and what they are answered is waited for at once.
#[derive(Debug, Default)]
pub(crate) struct Turns(Mutex<()>);

impl Turns {
    /// Done when nobody else has a turn, which is over when the guard is dropped.
    pub(crate) async fn next(&self) -> MutexGuard<'_, ()> {
        self.0.lock().await
    }
}
