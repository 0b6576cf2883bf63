//! The way out for events while a call still runs.

use std::fmt;
use std::sync::Arc;

use crate::model::{Event, McpError};

/// Where events of a running call go: to the client's stream, if there is one.
pub trait EventSink: Send + Sync {
    /// Sends an event now. Answers [`McpError::NotOffered`] where that is not possible: the event then belongs on the leg's answer,
    /// where it is sent later.
    fn emit(&self, event: Event) -> Result<(), McpError>;
}

/// The sink of one call, or none. Cloning it is cheap.
#[derive(Clone, Default)]
pub struct Events(Option<Arc<dyn EventSink>>);

impl Events {
    /// No sink: every event has to wait for the leg's answer.
    pub const NONE: Self = Self(None);

    /// Events go to this sink.
    pub fn new(sink: Arc<dyn EventSink>) -> Self {
        Self(Some(sink))
    }

    /// Sends an event now, under the rules of [`EventSink::emit`].
    pub fn emit(&self, event: Event) -> Result<(), McpError> {
        self.0.as_ref().map_or(Err(McpError::NotOffered), |sink| sink.emit(event))
    }
}

impl fmt::Debug for Events {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "Events(to a sink)" } else { "Events(none)" })
    }
}
