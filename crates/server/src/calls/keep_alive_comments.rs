//! Comments on the stream of a call that has nothing to say for long: proxies cut connections that are silent, many after a minute.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context as Task, Poll, ready};

use bytes::Bytes;

use crate::ports::{BoxFuture, Clock};

/// After how long a client that accepts events gets a stream, in milliseconds, though the call has neither an event nor a result yet.
const STREAM_AFTER_MS: u64 = 5_000;
/// The longest silence of a stream, in milliseconds.
const MAX_SILENCE_MS: u64 = 15_000;
/// A comment, which clients skip (HTML, server-sent events, "Parsing an event stream").
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// The silence of one call.
pub(crate) struct Silence {
    clock: Arc<dyn Clock>,
    /// Whether the client accepts events at all.
    accepted: bool,
    /// When the next comment is due, if nothing else is sent before.
    due_ms: AtomicU64,
}

/// The timer of a [`Silence`]. A call that is done at once never sets it.
pub(crate) type Timer = Option<BoxFuture<'static, ()>>;

impl Silence {
    pub(crate) fn new(clock: Arc<dyn Clock>, accepted: bool, began_ms: u64) -> Self {
        Self { clock, accepted, due_ms: AtomicU64::new(began_ms.saturating_add(STREAM_AFTER_MS)) }
    }

    /// Whether a comment is due.
    pub(crate) fn is_due(&self) -> bool {
        self.accepted && self.left_ms() == 0
    }

    /// Something is sent now.
    pub(crate) fn end(&self) {
        self.due_ms.store(self.clock.monotonic_ms().saturating_add(MAX_SILENCE_MS), Ordering::Relaxed);
    }

    /// Gives a comment when one is due.
    pub(crate) fn poll_comment(&self, timer: &mut Timer, task: &mut Task<'_>) -> Poll<Bytes> {
        if !self.accepted {
            return Poll::Pending;
        }
        // A timer that was set before something was sent ends too early.
        loop {
            let left_ms = self.left_ms();
            if left_ms == 0 {
                self.end();
                return Poll::Ready(COMMENT);
            }
            let sleeping = timer.get_or_insert_with(|| {
                let (clock, ms) = (Arc::clone(&self.clock), u32::try_from(left_ms).unwrap_or(u32::MAX));
                Box::pin(async move { clock.sleep_ms(ms).await })
            });
            ready!(sleeping.as_mut().poll(task));
            *timer = None;
        }
    }

    fn left_ms(&self) -> u64 {
        self.due_ms.load(Ordering::Relaxed).saturating_sub(self.clock.monotonic_ms())
    }
}
