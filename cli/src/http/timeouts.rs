//! How long a client may take to send a request and to read its answer.

use std::time::Duration;

const HEAD_TIMEOUT: Duration = Duration::from_secs(30);
const BODY_CHUNK_TIMEOUT: Duration = Duration::from_secs(10);
const CONTESTED_BODY_TIMEOUT: Duration = Duration::from_secs(2);
const CONTESTED_ANSWER_TIMEOUT: Duration = Duration::from_secs(2);
const DISCARD_CHUNK_TIMEOUT: Duration = Duration::from_secs(2);
const DISCARD_TIMEOUT: Duration = Duration::from_secs(10);
const BEHIND_TIMEOUT: Duration = Duration::from_secs(600);
/// How long a client may read nothing of a response.
pub(super) const WRITE_STALL_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a call of 2026-07-28 continues after the client has closed its side, which cancels it: a client may close it right after its
/// request. Calls of earlier versions are not cancelled, and their clients get the answer.
pub(super) const HALF_CLOSE_GRACE: Duration = Duration::from_secs(1);

/// The timeouts of a listener. Tests use shorter ones.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timeouts {
    /// How long a connection may be idle, before its first request and between two.
    pub(crate) keep_alive: Duration,
    /// How long a client may take for the head of a request, from its first byte on.
    pub(crate) head: Duration,
    /// How long each part of a body may take. The whole body may take ten times as long.
    pub(crate) body_chunk: Duration,
    /// How long a body may take while other clients wait for a connection.
    pub(crate) contested_body: Duration,
    /// How long a client may be behind with reading while other clients wait for a connection.
    pub(crate) contested_answer: Duration,
    /// How long each part of a body may take that is dropped, as its request has been answered.
    pub(crate) discard_chunk: Duration,
    /// How long the whole rest of such a body may take.
    pub(crate) discard: Duration,
    /// How long a client may be behind with reading, until it has read what there is of its answer.
    pub(crate) behind: Duration,
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
            head: HEAD_TIMEOUT,
            body_chunk: BODY_CHUNK_TIMEOUT,
            contested_body: CONTESTED_BODY_TIMEOUT,
            contested_answer: CONTESTED_ANSWER_TIMEOUT,
            discard_chunk: DISCARD_CHUNK_TIMEOUT,
            discard: DISCARD_TIMEOUT,
            behind: BEHIND_TIMEOUT,
        }
    }
}
