//! How long a client may take to send a request.

use std::time::Duration;

/// The timeouts of a listener. Tests use shorter ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// How long a connection may be idle, before its first request and between two.
    pub(crate) keep_alive: Duration,
    /// How long a client may take for the head of a request, from its first byte on.
    pub(crate) head: Duration,
    /// How long each part of a body may take. The whole body may take ten times as long.
    pub(crate) body_chunk: Duration,
    /// How long each part of a body may take that is dropped, as its request has been answered.
    pub(crate) discard_chunk: Duration,
    /// How long the whole rest of such a body may take.
    pub(crate) discard: Duration,
}

impl Timeouts {
    /// How long a whole body may take.
    pub(crate) fn whole_body(&self) -> Duration {
        self.body_chunk * 10
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            keep_alive: Duration::from_secs(75),
            head: Duration::from_secs(30),
            body_chunk: Duration::from_secs(10),
            discard_chunk: Duration::from_secs(2),
            discard: Duration::from_secs(10),
        }
    }
}
