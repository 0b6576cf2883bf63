//! The ports of the engine on this machine: clocks, random numbers, HTTP requests and a store in memory.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use server::{BoxFuture, Clock, Ports, Random};
use tokio::task::block_in_place;

use super::engine_store::EngineStore;
use super::fetch::HttpFetch;
use super::request_log::RequestLog;
use crate::host::Egress;

/// The ports of this machine, with what the server itself may reach.
pub(crate) fn system_ports(egress: Egress) -> Ports {
    let clock = SystemClock { started: Instant::now() };
    Ports {
        observer: Arc::new(RequestLog::default()),
        fetch: Some(Arc::new(HttpFetch::new(egress))),
        store: Some(Arc::new(EngineStore::new())),
        apart: |work| block_in_place(work),
        ..Ports::new(clock, SystemRandom)
    }
}

/// The clocks of this machine.
struct SystemClock {
    started: Instant,
}

impl Clock for SystemClock {
    fn monotonic_ms(&self) -> u64 {
        milliseconds(self.started.elapsed())
    }

    fn monotonic_us(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    fn unix_ms(&self) -> u64 {
        // A clock before 1970 is not set at all.
        SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, milliseconds)
    }

    fn sleep_ms(&self, ms: u32) -> BoxFuture<'_, ()> {
        Box::pin(tokio::time::sleep(Duration::from_millis(ms.into())))
    }
}

/// A generator that the operating system seeds, one per thread.
struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
