//! Which connections can make room for a client that waits: those that are idle, then requests whose clients have disconnected, and then those
//! whose clients take long to send a body.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

/// The connections of a listener that wait for their clients.
#[derive(Default)]
pub(super) struct WaitingConnections {
    state: Mutex<State>,
    /// Notified when a connection becomes idle, or a client disconnects from its request.
    added: Notify,
}

#[derive(Default)]
struct State {
    next: u64,
    /// The idle connections, the oldest first.
    idle: BTreeMap<u64, Arc<Notify>>,
    /// The requests that run although their clients have disconnected, the oldest first.
    abandoned: BTreeMap<u64, Arc<Notify>>,
    /// The requests of which a part of the body has not come, the oldest first.
    receiving: BTreeMap<u64, (Instant, Arc<Notify>)>,
    /// When it was logged last that a request was ended.
    logged: Option<Instant>,
}

/// How often it is logged that requests were ended.
const LOG_INTERVAL: Duration = Duration::from_secs(1);

/// Whether one connection is idle, and how it is asked to close.
pub(super) struct Activity {
    connections: Arc<WaitingConnections>,
    /// The key of the connection among the idle ones. A connection that has a request has none, nor has one that was asked to close.
    key: Mutex<Option<u64>>,
    close: Arc<Notify>,
    requests: AtomicU64,
    running: AtomicU64,
    closing: AtomicBool,
    /// Whether the first request has not been looked for yet.
    is_new: AtomicBool,
}

/// A request on a connection. The connection is idle again when this is dropped.
pub(super) struct Busy(Arc<Activity>);

/// A request whose client has disconnected. It ends when this is dropped.
pub(super) struct DisconnectedRequest {
    connections: Arc<WaitingConnections>,
    key: u64,
    end: Arc<Notify>,
}

/// A request of which a part of the body has not come. It ends when this is dropped.
pub(super) struct Receiving {
    connections: Arc<WaitingConnections>,
    key: u64,
    cut_off: Arc<Notify>,
}

impl WaitingConnections {
    /// Asks the connection that has been idle for the longest time to close. Where none is idle, the request is ended that runs without a
    /// client for the longest time; where there is none, the body that has been on its way for the longest time is not waited for any longer,
    /// if that is more than this time.
    pub(super) fn make_room(&self, body_time: Duration) {
        let mut state = lock(&self.state);
        if let Some((_, close)) = state.idle.pop_first() {
            close.notify_one();
        } else if let Some((_, end)) = state.abandoned.pop_first() {
            end.notify_one();
            if state.logged.is_none_or(|last| last.elapsed() >= LOG_INTERVAL) {
                state.logged = Some(Instant::now());
                tracing::warn!(
                    "calls whose clients have disconnected are ended, since all connections are in use (`--max-connections`)"
                );
            }
        } else if let Some(slowest) = state.receiving.first_entry()
            && slowest.get().0.elapsed() > body_time
        {
            slowest.remove().1.notify_one();
        }
    }

    /// A request runs although its client has disconnected.
    pub(super) fn abandon(self: &Arc<Self>) -> DisconnectedRequest {
        let end = Arc::new(Notify::new());
        let mut state = lock(&self.state);
        state.next += 1;
        let key = state.next;
        state.abandoned.insert(key, Arc::clone(&end));
        drop(state);
        self.added.notify_one();
        DisconnectedRequest { connections: Arc::clone(self), key, end }
    }

    /// Completes when a connection has become idle, or a client has disconnected from its request.
    pub(super) async fn added(&self) {
        self.added.notified().await;
    }
}

impl Activity {
    /// A connection that was accepted now. It is not idle before its first request was looked for: the client may have sent it.
    pub(super) fn new(connections: Arc<WaitingConnections>) -> Arc<Self> {
        Arc::new(Self {
            connections,
            key: Mutex::default(),
            close: Arc::default(),
            requests: AtomicU64::new(0),
            running: AtomicU64::new(0),
            closing: AtomicBool::new(false),
            is_new: AtomicBool::new(true),
        })
    }

    /// Nothing has come from the client yet.
    pub(super) fn nothing_came(&self) {
        if self.is_new.swap(false, Ordering::Relaxed) {
            self.add();
        }
    }

    /// A request has come.
    pub(super) fn begin(self: &Arc<Self>) -> Busy {
        self.is_new.store(false, Ordering::Relaxed);
        self.requests.fetch_add(1, Ordering::Relaxed);
        self.running.fetch_add(1, Ordering::Relaxed);
        self.remove();
        Busy(Arc::clone(self))
    }

    /// A part of the body of a request has not come.
    pub(super) fn receive(&self) -> Receiving {
        let cut_off = Arc::new(Notify::new());
        let mut state = lock(&self.connections.state);
        state.next += 1;
        let key = state.next;
        state.receiving.insert(key, (Instant::now(), Arc::clone(&cut_off)));
        Receiving { connections: Arc::clone(&self.connections), key, cut_off }
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
        state.idle.insert(key, Arc::clone(&self.close));
        *lock(&self.key) = Some(key);
        drop(state);
        self.connections.added.notify_one();
    }

    fn remove(&self) {
        if let Some(key) = lock(&self.key).take() {
            lock(&self.connections.state).idle.remove(&key);
        }
    }
}

impl DisconnectedRequest {
    /// Completes when the request is to end, as another client waits for a connection.
    pub(super) async fn ended(&self) {
        self.end.notified().await;
    }
}

impl Drop for DisconnectedRequest {
    fn drop(&mut self) {
        lock(&self.connections.state).abandoned.remove(&self.key);
    }
}

impl Receiving {
    /// Completes when the body is not waited for any longer, as another client waits for a connection.
    pub(super) async fn cut_off(&self) {
        self.cut_off.notified().await;
    }
}

impl Drop for Receiving {
    fn drop(&mut self) {
        lock(&self.connections.state).receiving.remove(&self.key);
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
