//! Idle connections of a component, which later calls of the same component use again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::client::conn::http1::SendRequest;
use tokio::sync::OwnedSemaphorePermit;
use wasmtime_wasi_http::WasiBody;

use super::connect::Target;

/// How long an idle connection is kept. Most servers keep their end open for longer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
/// How many idle connections of one component are kept, over all targets.
const MAX_IDLE: usize = 128;
/// How many of them to one target are kept.
const MAX_IDLE_PER_TARGET: usize = 64;

type Idle = HashMap<Target, Vec<(Instant, SendRequest<WasiBody>)>>;

/// The idle connections of one component. They lead to addresses that its rules allow, and no other component can use them.
#[derive(Clone, Default)]
pub(crate) struct IdleConnections(Arc<Mutex<Idle>>);

/// A connection in use. [`ActiveConnection::release`] makes it idle again; dropping it closes the connection.
pub(super) struct ActiveConnection {
    pool: IdleConnections,
    target: Target,
    sender: SendRequest<WasiBody>,
    /// An idle connection has none.
    _permit: OwnedSemaphorePermit,
}

impl IdleConnections {
    /// Takes the connection to the target that was used last.
    pub(super) fn take(&self, target: &Target) -> Option<SendRequest<WasiBody>> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.get_mut(target)?;
        while let Some((since, sender)) = connections.pop() {
            if since.elapsed() >= IDLE_TIMEOUT {
                break; // the remaining ones have been idle for even longer
            }
            if !sender.is_closed() {
                return Some(sender);
            }
        }
        idle.remove(target);
        None
    }

    /// Wraps a connection in use, so that it can become idle afterwards.
    pub(super) fn wrap(
        &self,
        target: Target,
        sender: SendRequest<WasiBody>,
        permit: OwnedSemaphorePermit,
    ) -> ActiveConnection {
        ActiveConnection { pool: self.clone(), target, sender, _permit: permit }
    }
}

impl ActiveConnection {
    /// Makes the connection idle, unless the server has closed it or enough are idle already.
    pub(super) fn release(self) {
        if self.sender.is_closed() {
            return;
        }
        let now = Instant::now();
        let mut idle = self.pool.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|_, connections| {
            connections.retain(|(since, sender)| now.duration_since(*since) < IDLE_TIMEOUT && !sender.is_closed());
            !connections.is_empty()
        });
        if idle.values().map(Vec::len).sum::<usize>() >= MAX_IDLE {
            return;
        }
        let connections = idle.entry(self.target).or_default();
        if connections.len() < MAX_IDLE_PER_TARGET {
            connections.push((now, self.sender));
        }
    }
}

#[cfg(test)]
mod tests {
    use hyper::client::conn::http1::handshake;
    use hyper_util::rt::TokioIo;
    use tokio::sync::Semaphore;

    use super::*;

    #[tokio::test]
    async fn idle_connections_have_a_limit_for_each_target_and_one_over_all_targets() {
        for (targets, to_each, expected) in [(1, 64, 64), (1, 65, 64), (2, 64, 128), (3, 64, 128), (129, 1, 128)] {
            let (pool, permits) = (IdleConnections::default(), Arc::new(Semaphore::new(1)));
            let mut open = Vec::new();
            for port in (0..targets).flat_map(|port| std::iter::repeat_n(port, to_each)) {
                let (client, server) = tokio::io::duplex(64);
                let (sender, connection) = handshake(TokioIo::new(client)).await.expect("a connection");
                open.push((connection, server));
                let permit = permits.clone().try_acquire_owned().expect("an idle connection has no permit");
                pool.wrap(Target { host: "test".to_owned(), port, tls: false }, sender, permit).release();
            }
            let idle: usize = pool.0.lock().expect("no panic").values().map(Vec::len).sum();
            assert_eq!(idle, expected, "{to_each} to each of {targets}");
        }
    }
}
