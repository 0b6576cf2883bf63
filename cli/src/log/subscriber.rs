//! The subscriber of `tracing`: what is logged of it, and how an event becomes lines.

use std::fmt::{self, Debug, Write as _};
use std::sync::Arc;
use std::time::SystemTime;

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record as SpanRecord};
use tracing::subscriber::Interest;
use tracing::{Event, Metadata, Subscriber};

use super::format::{Format, Record};
use super::options::LogOptions;
use super::printable::cut;
use super::queue::Queue;

/// The most bytes of a message.
pub(super) const MAX_MESSAGE: usize = 16 << 10;

/// Logs the events of this program. Those of its libraries are not logged: they may have tokens in them.
pub(super) struct LogSubscriber {
    filter: LevelFilter,
    format: Format,
    queue: Arc<Queue>,
}

impl LogSubscriber {
    pub(super) fn new(options: LogOptions, queue: Arc<Queue>) -> Self {
        Self { filter: options.filter(), format: options.format, queue }
    }
}

impl Subscriber for LogSubscriber {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if self.enabled(metadata) { Interest::always() } else { Interest::never() }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let is_own = metadata.target().split("::").next() == Some(env!("CARGO_CRATE_NAME"));
        is_own && metadata.is_event() && *metadata.level() <= self.filter
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.filter)
    }

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let Fields { message, provider, others } = fields;
        let record = Record {
            level: *event.metadata().level(),
            message: &message,
            provider: provider.as_deref(),
            fields: others,
        };
        let (lines, count) = self.format.lines(&record, SystemTime::now());
        if count > 0 {
            self.queue.push(lines, count);
        }
    }

    // This program has no spans.

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &SpanRecord<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The fields of an event.
#[derive(Default)]
struct Fields {
    message: String,
    provider: Option<String>,
    others: Map<String, Value>,
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let text = format_bounded(format_args!("{value:?}"), MAX_MESSAGE);
        self.record_str(field, &text);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            "provider" => self.provider = Some(value.to_owned()),
            name => drop(self.others.insert(name.to_owned(), value.into())),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.others.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.others.insert(field.name().to_owned(), value.into());
    }
}

/// Formats a value, and stops after a number of bytes.
pub(super) fn format_bounded(value: impl fmt::Display, bytes: usize) -> String {
    struct Bounded(String, usize);
    impl fmt::Write for Bounded {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            // What is longer is not copied.
            self.0.push_str(text.get(..text.floor_char_boundary(self.1 + 1)).unwrap_or(text));
            if self.0.len() > self.1 { Err(fmt::Error) } else { Ok(()) }
        }
    }
    let mut text = Bounded(String::new(), bytes);
    // The error says that the text is long enough.
    let _ = write!(text, "{value}");
    cut(&mut text.0, bytes);
    text.0
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use tracing::{debug, error, info, warn};

    use super::*;
    use crate::log::queue::Next;

    #[derive(Parser)]
    struct Arguments {
        #[command(flatten)]
        log: LogOptions,
    }

    /// What is logged with these options.
    fn logged(options: &[&str], log: impl FnOnce()) -> Vec<String> {
        let options = Arguments::parse_from([&["test"], options].concat()).log;
        let queue = Arc::new(Queue::default());
        tracing::subscriber::with_default(LogSubscriber::new(options, Arc::clone(&queue)), log);
        let mut lines = Vec::new();
        while let Next::Entry(entry) = queue.next(std::time::Duration::ZERO) {
            lines.push(entry.text);
        }
        lines
    }

    fn every_level() {
        error!("e");
        warn!(provider = "x", "w");
        info!(provider = "x", request = Some("7"), status = 200, "i");
        debug!("d");
        error!(target: "hyper", "authorization: Bearer secret");
    }

    #[test]
    fn the_level_decides_what_is_logged_and_libraries_are_not() {
        let all = ["wasmcp: e\n", "wasmcp: x: w\n", "wasmcp: x: i\n", "wasmcp: d\n"];
        for (level, count) in [("error", 1), ("warn", 2), ("info", 3), ("debug", 4)] {
            assert_eq!(logged(&["--log-level", level], every_level), all[..count], "{level}");
        }
        assert_eq!(logged(&[], every_level), all[..3]);
    }

    #[test]
    fn a_message_in_json_has_the_fields_of_its_event() {
        let lines = logged(&["--log-format", "json"], every_level);
        let lines: Vec<Value> = lines.iter().map(|line| serde_json::from_str(line).expect(line)).collect();
        let members = ["level", "message", "provider", "request", "status"];
        let seen = lines.iter().map(|line| members.map(|name| line[name].to_string()).join(" "));
        let expected = [r#""error" "e" null null null"#, r#""warn" "w" "x" null null"#, r#""info" "i" "x" "7" 200"#];
        assert_eq!(seen.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_message_is_cut() {
        for (length, kept) in [(MAX_MESSAGE, MAX_MESSAGE), (MAX_MESSAGE + 1, MAX_MESSAGE), (1 << 20, MAX_MESSAGE)] {
            let lines = logged(&[], || info!("{}", "x".repeat(length)));
            assert_eq!(lines.concat().matches('x').count(), kept, "{length}");
        }
        assert_eq!(format_bounded(format_args!("{}{}", "ab", "cd"), 3), "abc\u{2026}");
    }
}
