//! What a catalogue has of the server around it: the time, and an observer that is told what an answer lacks.

use std::fmt;
use std::pin::pin;
use std::sync::Arc;

use contract::model::McpError;
use futures_util::future::{BoxFuture, Either, poll_immediate, select};

use crate::partial_results::MAX_REASON_BYTES;

/// The server around a catalogue.
pub trait Ports: Send + Sync + 'static {
    /// Milliseconds since some fixed moment. It never goes back.
    fn monotonic_ms(&self) -> u64;

    /// Completes after this many milliseconds.
    fn sleep_ms(&self, ms: u32) -> BoxFuture<'_, ()>;

    /// An answer to the call of this id lacks a part of this provider, or a part of an answer that several give is in doubt. The reason is
    /// a sentence without its subject, which is the provider. This must return at once, since the call waits for it.
    fn incomplete(&self, call_id: &str, provider: &str, reason: &str);
}

/// The ports, where the catalogue has some. Without them nothing is told, and an answer takes as long as its provider takes.
#[derive(Clone, Default)]
pub(crate) struct OptionalPorts(Option<Arc<dyn Ports>>);

impl OptionalPorts {
    pub(crate) fn of(ports: impl Ports) -> Self {
        Self(Some(Arc::new(ports)))
    }

    /// The time, where there is a clock.
    pub(crate) fn now_ms(&self) -> Option<u64> {
        self.0.as_ref().map(|ports| ports.monotonic_ms())
    }

    /// Tells that an answer lacks a part of a provider.
    pub(crate) fn incomplete(&self, call_id: &str, provider: &str, reason: &str) {
        if let Some(ports) = &self.0 {
            ports.incomplete(call_id, provider, beginning(reason));
        }
    }

    /// The answer of a provider, or that it took longer than this. One that is there at once costs no timer.
    pub(crate) async fn limit<T>(
        &self,
        ms: u32,
        answer: impl Future<Output = Result<T, McpError>> + Send,
    ) -> Result<T, McpError> {
        let Some(ports) = &self.0 else { return answer.await };
        let mut answer = pin!(answer);
        if let Some(answer) = poll_immediate(answer.as_mut()).await {
            return answer;
        }
        match select(answer, ports.sleep_ms(ms)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => Err(McpError::DeadlineExceeded),
        }
    }
}

/// The beginning of a text that a provider could make long.
pub(crate) fn beginning(text: &str) -> &str {
    text.get(..text.floor_char_boundary(MAX_REASON_BYTES)).unwrap_or_default()
}

impl fmt::Debug for OptionalPorts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("OptionalPorts").field(&self.0.is_some()).finish()
    }
}
