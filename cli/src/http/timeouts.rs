//! How long a client may take to send a request.

use std::time::Duration;

/// The timeouts of a listener. Tests use shorter ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// How long a client may take for the head of a request, or be idle between two requests.
    pub(crate) head: Duration,
    /// How long each part of a body may take. The whole body may take ten times as long.
    pub(crate) body_chunk: Duration,
}

impl Timeouts {
    /// How long a whole body may take.
    pub(crate) fn whole_body(&self) -> Duration {
        self.body_chunk * 10
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { head: Duration::from_secs(30), body_chunk: Duration::from_secs(10) }
    }
}
