//! Idle connections of a component, which later calls of the same component use again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::client::conn::http1::SendRequest;
use wasmtime_wasi_http::WasiBody;

use super::connect::Target;

/// How long an idle connection is kept. Most servers keep their end open for longer.
const IDLE_TIMEOUT: Duration = Duration::from_secs(4);
/// How many idle connections to one target are kept.
const MAX_IDLE_PER_HOST: usize = 64;

type Idle = HashMap<Target, Vec<(Instant, SendRequest<WasiBody>)>>;

/// The idle connections of one component. They lead to addresses that its rules allow, and no other component can use them.
#[derive(Clone, Default)]
pub(crate) struct IdleConnections(Arc<Mutex<Idle>>);

/// A connection in use. [`ActiveConnection::release`] makes it idle again; dropping it closes the connection.
pub(super) struct ActiveConnection {
    pool: IdleConnections,
    target: Target,
    sender: SendRequest<WasiBody>,
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
    pub(super) fn wrap(&self, target: Target, sender: SendRequest<WasiBody>) -> ActiveConnection {
        ActiveConnection { pool: self.clone(), target, sender }
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
            connections.last().is_some_and(|(since, _)| now.duration_since(*since) < IDLE_TIMEOUT)
        });
        let connections = idle.entry(self.target).or_default();
        if connections.len() < MAX_IDLE_PER_HOST {
            connections.push((now, self.sender));
        }
    }
}
