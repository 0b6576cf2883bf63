//! Connections that were used and can be used again, by later calls of the same component.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::client::conn::http1::SendRequest;
use wasmtime_wasi_http::WasiBody;

use super::connect::Target;

/// Most servers keep a connection for longer than this.
const KEPT: Duration = Duration::from_secs(4);
/// How many connections to one target are kept.
const MOST: usize = 64;

type Idle = HashMap<Target, Vec<(Instant, SendRequest<WasiBody>)>>;

/// The idle connections of one component. They were made to addresses that its rules allow, and no other component sees them.
#[derive(Clone, Default)]
pub(crate) struct Pool(Arc<Mutex<Idle>>);

/// A connection in use, which goes back when its answer has been read.
pub(crate) struct Lease {
    pool: Pool,
    target: Target,
    sender: SendRequest<WasiBody>,
}

impl Pool {
    /// The connection to the target that was used last.
    pub(crate) fn take(&self, target: &Target) -> Option<SendRequest<WasiBody>> {
        let mut idle = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let connections = idle.get_mut(target)?;
        while let Some((since, sender)) = connections.pop() {
            if since.elapsed() >= KEPT {
                break; // those below are older still
            }
            if !sender.is_closed() {
                return Some(sender);
            }
        }
        idle.remove(target);
        None
    }

    /// Notes what a connection is to be used for again.
    pub(crate) fn lease(&self, target: Target, sender: SendRequest<WasiBody>) -> Lease {
        Lease { pool: self.clone(), target, sender }
    }
}

impl Lease {
    /// Gives the connection back.
    pub(crate) fn end(self) {
        if self.sender.is_closed() {
            return;
        }
        let now = Instant::now();
        let mut idle = self.pool.0.lock().unwrap_or_else(PoisonError::into_inner);
        idle.retain(|_, connections| connections.last().is_some_and(|(since, _)| now.duration_since(*since) < KEPT));
        let connections = idle.entry(self.target).or_default();
        if connections.len() < MOST {
            connections.push((now, self.sender));
        }
    }
}
