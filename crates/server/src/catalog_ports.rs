//! What the catalogue has of this server: its clock and its observer.

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::observer::{Incomplete, Observer};
use crate::ports::{Clock, Ports};

/// The ports of a catalogue.
pub(crate) struct CatalogPorts {
    clock: Arc<dyn Clock>,
    observer: Arc<dyn Observer>,
}

impl CatalogPorts {
    pub(crate) fn of(ports: &Ports) -> Self {
        Self { clock: Arc::clone(&ports.clock), observer: Arc::clone(&ports.observer) }
    }
}

impl catalog::Ports for CatalogPorts {
    fn monotonic_ms(&self) -> u64 {
        self.clock.monotonic_ms()
    }

    fn sleep_ms(&self, ms: u32) -> BoxFuture<'_, ()> {
        self.clock.sleep_ms(ms)
    }

    fn incomplete(&self, call_id: &str, provider: &str, reason: &str) {
        self.observer.incomplete(&Incomplete { call_id, provider, reason });
    }
}
