//! The lock on the link names of the host.

use futures_util::lock::{Mutex, MutexGuard};

/// A lock that is held from the setting of a link name until an invocation has read it.
///
/// The host keeps one link name for each interface, and an invocation reads it some time after it was made. So the invocations are made one
/// after the other. They are waited for at once: the lock is free again when a host is still to accept a call, and when its result is still
/// to come.
#[derive(Debug, Default)]
pub(crate) struct LinkNameLock(Mutex<()>);

impl LinkNameLock {
    /// Completes when no other invocation holds the lock. Dropping the guard releases it.
    pub(crate) async fn lock(&self) -> MutexGuard<'_, ()> {
        self.0.lock().await
    }
}
