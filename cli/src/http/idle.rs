//! Which connections are idle, so that the oldest of them can make room for a client that waits.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The idle connections of a listener.
#[derive(Default)]
pub(super) struct IdleConnections {
    state: Mutex<State>,
    /// Notified when a connection becomes idle.
    added: Notify,
}

#[derive(Default)]
struct State {
    next: u64,
    oldest_first: BTreeMap<u64, Arc<Notify>>,
}

/// Whether one connection is idle, and how it is asked to close.
pub(super) struct Activity {
    connections: Arc<IdleConnections>,
    /// The key of the connection among the idle ones. A connection that has a request has none, nor has one that was asked to close.
    key: Mutex<Option<u64>>,
    close: Arc<Notify>,
    requests: AtomicU64,
    running: AtomicU64,
    closing: AtomicBool,
}

/// A request on a connection. The connection is idle again when this is dropped.
pub(super) struct Busy(Arc<Activity>);

impl IdleConnections {
    /// Asks the connection that has been idle for the longest time to close.
    pub(super) fn close_oldest(&self) {
        if let Some((_, close)) = lock(&self.state).oldest_first.pop_first() {
            close.notify_one();
        }
    }

    /// Completes when a connection has become idle.
    pub(super) async fn added(&self) {
        self.added.notified().await;
    }
}

impl Activity {
    /// A connection without a request.
    pub(super) fn new(connections: Arc<IdleConnections>) -> Arc<Self> {
        let activity = Self {
            connections,
            key: Mutex::default(),
            close: Arc::default(),
            requests: AtomicU64::new(0),
            running: AtomicU64::new(0),
            closing: AtomicBool::new(false),
        };
        activity.add();
        Arc::new(activity)
    }

    /// A request has come.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_add(1, Ordering::Relaxed);
        self.remove();
        Busy(Arc::clone(self))
    }

    pub(super) fn is_idle(&self) -> bool {
        self.running.load(Ordering::Relaxed) == 0
    }

    /// How many requests have come.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    /// Completes when the connection is asked to close.
    pub(super) async fn asked_to_close(&self) {
        self.close.notified().await;
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether the connection was asked to close.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    fn add(&self) {
        let mut state = lock(&self.connections.state);
        state.next += 1;
        let key = state.next;
        state.oldest_first.insert(key, Arc::clone(&self.close));
        *lock(&self.key) = Some(key);
        drop(state);
        self.connections.added.notify_one();
    }

    fn remove(&self) {
        if let Some(key) = lock(&self.key).take() {
            lock(&self.connections.state).oldest_first.remove(&key);
        }
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        self.remove();
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if self.0.running.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.0.add();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
