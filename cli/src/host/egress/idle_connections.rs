//! Idle connections of a component, which later calls of the same component use again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::runtime::Handle;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep;

use super::connect::Target;
use super::http_connection::HttpConnection;

/// How long an idle connection is kept. Most servers keep their end open for longer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
/// How many idle connections of one component are kept, over all targets.
pub(crate) const MAX_IDLE: usize = 128;
/// How many of them to one target are kept.
const MAX_IDLE_PER_TARGET: usize = 64;

/// The idle connections of one component. They lead to addresses that its rules allow, and no other component can use them.
#[derive(Clone)]
pub(crate) struct IdleConnections {
    pool: Arc<Mutex<IdlePool>>,
    /// How many there may be.
    max: usize,
}

#[derive(Default)]
struct IdlePool {
    idle: HashMap<Target, Vec<(Instant, HttpConnection)>>,
    /// Whether a task closes the connections that have been idle for too long. It ends when there are none.
    is_watched: bool,
}

/// A connection in use. [`ActiveConnection::release`] makes it idle again; dropping it closes the connection.
pub(super) struct ActiveConnection {
    pool: IdleConnections,
    target: Target,
    sender: HttpConnection,
    /// An idle connection has none.
    _permit: OwnedSemaphorePermit,
}

impl Default for IdleConnections {
    fn default() -> Self {
        Self::at_most(MAX_IDLE)
    }
}

impl IdleConnections {
    /// A pool of at most so many connections, and never more than [`MAX_IDLE`].
    pub(crate) fn at_most(max: usize) -> Self {
        Self { pool: Arc::default(), max: max.min(MAX_IDLE) }
    }

    /// Takes the connection to the target that was used last.
    pub(super) fn take(&self, target: &Target) -> Option<HttpConnection> {
        let mut pool = lock(&self.pool);
        let connections = pool.idle.get_mut(target)?;
        while let Some((since, sender)) = connections.pop() {
            if since.elapsed() >= IDLE_TIMEOUT {
                break; // the remaining ones have been idle for even longer
            }
            if !sender.is_closed() {
                return Some(sender);
            }
        }
        pool.idle.remove(target);
        None
    }

    /// Wraps a connection in use, so that it can become idle afterwards.
    pub(super) fn wrap(
        &self,
        target: Target,
        sender: HttpConnection,
        permit: OwnedSemaphorePermit,
    ) -> ActiveConnection {
        ActiveConnection { pool: self.clone(), target, sender, _permit: permit }
    }

    /// Keeps a connection until it is used again, or has been idle for too long.
    fn add(&self, target: Target, sender: HttpConnection) {
        let now = Instant::now();
        let mut pool = lock(&self.pool);
        pool.close_expired(now);
        if pool.idle.values().map(Vec::len).sum::<usize>() >= self.max {
            return;
        }
        let connections = pool.idle.entry(target).or_default();
        if connections.len() < MAX_IDLE_PER_TARGET {
            connections.push((now, sender));
        }
        // Without a runtime there is no connection either.
        if !pool.is_watched
            && let Ok(runtime) = Handle::try_current()
        {
            pool.is_watched = true;
            runtime.spawn(watch(Arc::downgrade(&self.pool)));
        }
    }
}

impl IdlePool {
    /// Closes the connections that have been idle for too long, or that their server has closed.
    fn close_expired(&mut self, now: Instant) {
        self.idle.retain(|_, connections| {
            connections.retain(|(since, sender)| now.duration_since(*since) < IDLE_TIMEOUT && !sender.is_closed());
            !connections.is_empty()
        });
    }

    /// How long the connection that has been idle for the longest time may still be idle.
    fn next_expiry(&self, now: Instant) -> Option<Duration> {
        let oldest = self.idle.values().filter_map(|connections| connections.first()).map(|(since, _)| *since).min()?;
        Some((oldest + IDLE_TIMEOUT).saturating_duration_since(now))
    }
}

/// Closes connections when their time has come, though the component sends nothing more: each has a descriptor, which clients need as
/// well. Ends when none is idle.
async fn watch(pool: Weak<Mutex<IdlePool>>) {
    loop {
        let left = {
            let Some(pool) = pool.upgrade() else { return };
            let (mut pool, now) = (lock(&pool), Instant::now());
            pool.close_expired(now);
            let Some(left) = pool.next_expiry(now) else {
                pool.is_watched = false;
                return;
            };
            left
        };
        sleep(left).await;
    }
}

fn lock(pool: &Mutex<IdlePool>) -> MutexGuard<'_, IdlePool> {
    pool.lock().unwrap_or_else(PoisonError::into_inner)
}

impl ActiveConnection {
    /// Makes the connection idle, unless the server has closed it or enough are idle already. It is closed too where its server has answered
    /// without taking the whole request, which nothing sends any longer.
    pub(super) fn release(mut self) {
        if self.sender.is_closed() {
            return;
        }
        if self.sender.is_ready() {
            self.keep();
        } else if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move {
                if self.sender.becomes_ready().await {
                    self.keep();
                }
            });
        }
    }

    fn keep(self) {
        let Self { pool, target, sender, .. } = self;
        pool.add(target, sender);
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, DuplexStream};
    use tokio::sync::Semaphore;
    use tokio::time::timeout;

    use super::*;

    /// Makes a connection to this port idle, and returns its server's end.
    async fn release(pool: &IdleConnections, port: u16) -> DuplexStream {
        let (client, server) = tokio::io::duplex(64);
        let mut sender = HttpConnection::start(client).await.expect("a connection");
        assert!(sender.becomes_ready().await, "a request can be sent");
        let permit = Arc::new(Semaphore::new(1)).try_acquire_owned().expect("a permit");
        pool.wrap(Target { host: "test".to_owned(), port, tls: false }, sender, permit).release();
        server
    }

    fn count(pool: &IdleConnections) -> usize {
        lock(&pool.pool).idle.values().map(Vec::len).sum()
    }

    #[tokio::test]
    async fn idle_connections_have_a_limit_for_each_target_and_one_over_all_targets() {
        for (max, targets, to_each, expected) in [
            (usize::MAX, 1, 64, 64),
            (usize::MAX, 1, 65, 64),
            (usize::MAX, 2, 64, 128),
            (usize::MAX, 3, 64, 128),
            (usize::MAX, 129, 1, 128),
            (4, 5, 1, 4),
            (0, 1, 1, 0),
        ] {
            let pool = IdleConnections::at_most(max);
            let mut open = Vec::new();
            for port in (0..targets).flat_map(|port| std::iter::repeat_n(port, to_each)) {
                open.push(release(&pool, port).await);
            }
            assert_eq!(count(&pool), expected, "{to_each} to each of {targets}, at most {max}");
        }
    }

    #[tokio::test]
    async fn a_connection_that_is_not_used_again_is_closed_though_no_other_ends() {
        let pool = IdleConnections::default();
        let mut server = release(&pool, 1).await;
        let closed = timeout(IDLE_TIMEOUT * 15, server.read_u8()).await.expect("the connection is still open");
        assert!(closed.is_err(), "the end of the stream");
        assert_eq!(count(&pool), 0);
        let _again = release(&pool, 1).await;
        assert!(lock(&pool.pool).is_watched, "the next one is watched as well");
    }

    #[tokio::test]
    async fn connections_expire_by_their_age() {
        let pool = IdleConnections::default();
        let _servers = [release(&pool, 1).await, release(&pool, 2).await];
        let (now, mut state) = (Instant::now(), lock(&pool.pool));
        state.close_expired(now + IDLE_TIMEOUT / 2);
        assert_eq!(state.idle.len(), 2);
        assert!(state.next_expiry(now).is_some_and(|left| left <= IDLE_TIMEOUT));
        state.close_expired(now + IDLE_TIMEOUT);
        assert_eq!((state.idle.len(), state.next_expiry(now)), (0, None));
    }
}
