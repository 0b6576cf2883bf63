//! Which connections can make room for a client that waits: those that are idle, then requests whose clients have disconnected, then those
//! whose clients take long to send a body, and then those whose clients take long to read an answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::timeouts::Timeouts;

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
    /// The requests of which a part of the body has not come.
    receiving: SlowClients,
    /// The connections whose clients have not read all that there is for them.
    behind: SlowClients,
    /// When it was logged last that a request was ended.
    logged: Option<Instant>,
}

/// Clients that are waited for, each since a moment, the oldest first.
type SlowClients = BTreeMap<u64, (Instant, Arc<Notify>)>;

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
    /// Whether the connection is idle once what there is for its client has been written.
    answered: AtomicBool,
    closing: AtomicBool,
    /// Whether the first request has not been looked for yet.
    is_new: AtomicBool,
}

/// A request on a connection. The connection is idle again when this is dropped and the answer has been written.
pub(super) struct Busy(Arc<Activity>);

/// A request whose client has disconnected. It ends when this is dropped.
pub(super) struct DisconnectedRequest {
    connections: Arc<WaitingConnections>,
    key: u64,
    end: Arc<Notify>,
}

/// A client that is waited for until this is dropped.
pub(super) struct SlowClient {
    connections: Arc<WaitingConnections>,
    among: fn(&mut State) -> &mut SlowClients,
    key: u64,
    cut_off: Arc<Notify>,
}

impl State {
    fn new_key(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn receiving(&mut self) -> &mut SlowClients {
        &mut self.receiving
    }

    fn behind(&mut self) -> &mut SlowClients {
        &mut self.behind
    }
}

impl WaitingConnections {
    /// Asks the connection that has been idle for the longest time to close. Where none is idle, the request is ended that runs without a
    /// client for the longest time. Where there is none, the client is not waited for any longer that takes the longest to send a body, if
    /// that is more than its time; and else the one that takes the longest to read an answer, which would lose what has run already.
    pub(super) fn make_room(&self, timeouts: Timeouts) {
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
        } else if !cut_off(&mut state.receiving, timeouts.contested_body) {
            cut_off(&mut state.behind, timeouts.contested_answer);
        }
    }

    /// A request runs although its client has disconnected.
    pub(super) fn abandon(self: &Arc<Self>) -> DisconnectedRequest {
        let end = Arc::new(Notify::new());
        let mut state = lock(&self.state);
        let key = state.new_key();
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
            answered: AtomicBool::new(false),
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
    pub(super) fn receive(&self) -> SlowClient {
        self.wait_for_client(State::receiving)
    }

    /// The client has not read all that there is for it.
    pub(super) fn fall_behind(&self) -> SlowClient {
        self.wait_for_client(State::behind)
    }

    fn wait_for_client(&self, among: fn(&mut State) -> &mut SlowClients) -> SlowClient {
        let cut_off = Arc::new(Notify::new());
        let mut state = lock(&self.connections.state);
        let key = state.new_key();
        among(&mut state).insert(key, (Instant::now(), Arc::clone(&cut_off)));
        drop(state);
        SlowClient { connections: Arc::clone(&self.connections), among, key, cut_off }
    }

    /// All that there is for the client has been written.
    pub(super) fn written(&self) {
        // Most of the time nothing has been answered since the last time.
        if self.answered.load(Ordering::Relaxed) && self.answered.swap(false, Ordering::Relaxed) && self.is_idle() {
            self.add();
        }
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
    }

    /// The connection takes no more requests: what has come of the next one is no request yet.
    pub(super) fn close(&self) {
        self.closing.store(true, Ordering::Relaxed);
    }

    /// Whether the connection takes no more requests.
    pub(super) fn is_closing(&self) -> bool {
        self.closing.load(Ordering::Relaxed)
    }

    fn add(&self) {
        let mut state = lock(&self.connections.state);
        let key = state.new_key();
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

impl SlowClient {
    /// Completes when the client is not waited for any longer, as another client waits for a connection.
    pub(super) async fn cut_off(&self) {
        self.cut_off.notified().await;
    }
}

impl Drop for SlowClient {
    fn drop(&mut self) {
        (self.among)(&mut lock(&self.connections.state)).remove(&self.key);
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
            self.0.answered.store(true, Ordering::Relaxed);
        }
    }
}

/// Cuts off the client that is waited for for the longest time, if that is more than this time.
fn cut_off(clients: &mut SlowClients, time: Duration) -> bool {
    let slowest = clients.first_entry().filter(|slowest| slowest.get().0.elapsed() > time);
    slowest.map(|slowest| slowest.remove().1.notify_one()).is_some()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn those_make_room_first_that_lose_the_least() {
        let connections = Arc::<WaitingConnections>::default();
        let [idle, sending, reading] = [(); 3].map(|()| Activity::new(Arc::clone(&connections)));
        let (behind, body, abandoned) = (reading.fall_behind(), sending.receive(), connections.abandon());
        idle.nothing_came();
        let timeouts =
            Timeouts { contested_body: Duration::ZERO, contested_answer: Duration::ZERO, ..Timeouts::default() };
        let made_room = || {
            let all = [
                ("idle", idle.asked_to_close().now_or_never()),
                ("without a client", abandoned.ended().now_or_never()),
                ("sends a body", body.cut_off().now_or_never()),
                ("reads an answer", behind.cut_off().now_or_never()),
            ];
            all.into_iter().filter_map(|(which, asked)| asked.map(|()| which)).collect::<Vec<_>>()
        };
        for expected in ["idle", "without a client", "sends a body", "reads an answer"] {
            connections.make_room(timeouts);
            assert_eq!(made_room(), [expected]);
        }
        connections.make_room(timeouts);
        assert!(made_room().is_empty());
    }

    #[test]
    fn a_connection_is_idle_when_its_answer_has_been_written() {
        let connections = Arc::<WaitingConnections>::default();
        let activity = Activity::new(Arc::clone(&connections));
        let is_idle = || !lock(&connections.state).idle.is_empty();
        let (first, second) = (activity.begin(), activity.begin());
        drop(first);
        activity.written();
        assert!(!is_idle(), "it has another request");
        drop(second);
        assert!(!is_idle(), "its client has not read the answer");
        activity.written();
        assert!(is_idle());
        let _third = activity.begin();
        activity.written();
        assert!(!is_idle(), "it has a request");
    }
}
