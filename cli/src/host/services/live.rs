//! The service `live`: events of a provider that reach the client while its call still runs.

use contract::Events;
use contract::model::{Change, ErrorDetail, Event, McpError};

use super::services::live;
use crate::host::instance::{Size, StoreData};

/// What an event counts in bytes beyond its text. With the default of `--limit-result` a call can emit 8192 events without text:
/// more than a client can make use of, and few enough for a loop that emits without end to stop soon.
const EVENT_OVERHEAD: usize = 1024;

/// The way out for the events of one running call.
pub(crate) struct LiveEvents {
    call_id: String,
    events: Events,
    /// The result limit of the call, which its events have once more, all together.
    limit: usize,
    /// How many bytes of it are left.
    left: usize,
}

impl LiveEvents {
    pub(crate) fn new(call_id: String, events: Events, limit: usize) -> Self {
        Self { call_id, events, limit, left: limit }
    }

    fn emit(&mut self, call_id: &str, event: Event) -> Result<(), McpError> {
        if call_id != self.call_id {
            let message =
                "the call id is not that of the call that runs: `emit` takes the `call-id` of the context".to_owned();
            return Err(McpError::InvalidParams(ErrorDetail { message, data: None }));
        }
        let Some(left) = self.left.checked_sub(EVENT_OVERHEAD.saturating_add(text_bytes(&event))) else {
            let limit = Size(self.limit);
            return Err(McpError::Internal(format!(
                "the events of this call exceed its result limit of {limit} (`--limit-result`)"
            )));
        };
        self.events.emit(event)?;
        self.left = left;
        Ok(())
    }
}

/// A component has this way out only if it imports the interface, and only while a call of the contract runs.
impl live::Host for StoreData {
    fn emit(&mut self, call_id: String, event: Event) -> Result<(), McpError> {
        match &mut self.live {
            Some(live) => live.emit(&call_id, event),
            None => Err(McpError::NotOffered),
        }
    }
}

/// The length of all text in an event, in bytes.
fn text_bytes(event: &Event) -> usize {
    let len = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    match event {
        Event::Progress(progress) => len(&progress.message).saturating_add(len(&progress.extra)),
        Event::Log(log) => log.data.len().saturating_add(len(&log.logger)).saturating_add(len(&log.extra)),
        Event::ElicitationComplete(id) => id.len(),
        Event::Changed(Change::ResourceUpdated(uri)) => uri.len(),
        Event::Changed(Change::Unnamed(unnamed)) | Event::Unnamed(unnamed) => {
            unnamed.method.len().saturating_add(len(&unnamed.params))
        }
        Event::Changed(Change::ToolList | Change::ResourceList | Change::PromptList) => 0,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use contract::EventSink;

    use super::*;

    #[derive(Default)]
    struct Sink(Mutex<Vec<Event>>);

    impl EventSink for Sink {
        fn emit(&self, event: Event) -> Result<(), McpError> {
            self.0.lock().expect("no test panics while it holds the lock").push(event);
            Ok(())
        }
    }

    fn event(text_bytes: usize) -> Event {
        Event::ElicitationComplete("x".repeat(text_bytes))
    }

    fn message(result: Result<(), McpError>) -> String {
        match result.expect_err("an error") {
            McpError::InvalidParams(detail) => detail.message,
            McpError::Internal(text) => text,
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn an_event_of_the_running_call_reaches_the_sink() {
        let sink = Arc::new(Sink::default());
        let mut live = LiveEvents::new("a".to_owned(), Events::new(sink.clone()), 8 << 20);
        assert_eq!(live.emit("a", event(1)), Ok(()));
        assert_eq!(*sink.0.lock().expect("unlocked"), [event(1)]);
    }

    #[test]
    fn the_id_of_another_call_is_an_error_that_says_so() {
        let sink = Arc::new(Sink::default());
        let mut live = LiveEvents::new("a".to_owned(), Events::new(sink.clone()), 8 << 20);
        for other in ["", "b", "A", "a "] {
            assert!(message(live.emit(other, event(1))).contains("`call-id` of the context"), "{other}");
        }
        assert!(sink.0.lock().expect("unlocked").is_empty());
    }

    #[test]
    fn without_a_sink_events_are_not_offered() {
        let mut live = LiveEvents::new("a".to_owned(), Events::NONE, 8 << 20);
        assert_eq!(live.emit("a", event(1)), Err(McpError::NotOffered));
    }

    #[test]
    fn the_events_of_a_call_share_its_result_limit() {
        let limit = 4096;
        for (sizes, sent) in [
            (vec![0; 5], 4),
            (vec![2048, 0, 0], 2),
            (vec![4096 - EVENT_OVERHEAD, 0], 1),
            (vec![4097 - EVENT_OVERHEAD, 0], 1),
        ] {
            let sink = Arc::new(Sink::default());
            let mut live = LiveEvents::new("a".to_owned(), Events::new(sink.clone()), limit);
            let results: Vec<_> = sizes.iter().map(|size| live.emit("a", event(*size))).collect();
            assert_eq!(sink.0.lock().expect("unlocked").len(), sent, "{sizes:?}");
            let refused = results.into_iter().find(Result::is_err).expect("one too many");
            assert_eq!(message(refused), "the events of this call exceed its result limit of 4 KiB (`--limit-result`)");
        }
    }
}
