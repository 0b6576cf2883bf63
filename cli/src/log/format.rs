//! The forms of a message in the log: lines of text for people, or one JSON object on a line for programs.

use std::time::SystemTime;

use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Map, Value};
use tracing::Level;

use super::printable::printable;

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// Lines for people
    Text,
    /// A JSON object on each line
    Json,
}

/// A message.
#[derive(Debug)]
pub(super) struct Record<'a> {
    pub(super) level: Level,
    /// One line or several. It may have text of a component or a client.
    pub(super) message: &'a str,
    /// The component that it is about.
    pub(super) provider: Option<&'a str>,
    /// The other fields, which the text form says in words.
    pub(super) fields: Map<String, Value>,
}

/// The members of a message in JSON, in this order.
#[derive(Serialize)]
struct Object<'a> {
    time: String,
    level: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<&'a str>,
    #[serde(flatten)]
    fields: &'a Map<String, Value>,
}

impl Format {
    /// The lines of a message, each with its end, and their number. In text each line begins with the name of the program and that of the
    /// component, so that no text of a component looks like a message of the host.
    pub(super) fn lines(self, record: &Record<'_>, now: SystemTime) -> (String, usize) {
        let lines: Vec<String> = record.message.lines().map(printable).collect();
        match self {
            Self::Text => {
                let prefix = match record.provider {
                    Some(provider) => format!("wasmcp: {}: ", printable(provider)),
                    None if record.level == Level::WARN => "wasmcp: warning: ".to_owned(),
                    None => "wasmcp: ".to_owned(),
                };
                (lines.iter().map(|line| format!("{prefix}{line}\n")).collect(), lines.len())
            }
            Self::Json => {
                let object = Object {
                    time: humantime::format_rfc3339_millis(now).to_string(),
                    level: word(record.level),
                    message: &lines.join("\n"),
                    provider: record.provider,
                    fields: &record.fields,
                };
                // Text and numbers can always be written.
                (serde_json::to_string(&object).map(|line| line + "\n").unwrap_or_default(), 1)
            }
        }
    }

    /// The message that lines were lost.
    pub(super) fn lost(self, lines: usize) -> String {
        let message = match lines {
            1 => "1 line of the log was lost".to_owned(),
            _ => format!("{lines} lines of the log were lost"),
        };
        let fields = Map::from_iter([("lost".to_owned(), lines.into())]);
        let record = Record { level: Level::ERROR, message: &message, provider: None, fields };
        self.lines(&record, SystemTime::now()).0
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::ERROR => "error",
        Level::WARN => "warn",
        Level::INFO => "info",
        _ => "debug",
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use serde_json::json;

    use super::*;

    fn record<'a>(level: Level, message: &'a str, provider: Option<&'a str>) -> Record<'a> {
        Record { level, message, provider, fields: Map::new() }
    }

    #[test]
    fn every_line_of_text_says_what_it_is_about() {
        for (record, expected) in [
            (record(Level::INFO, "stopping", None), "wasmcp: stopping\n"),
            (record(Level::WARN, "no cache", None), "wasmcp: warning: no cache\n"),
            (record(Level::WARN, "a\nb", Some("x")), "wasmcp: x: a\nwasmcp: x: b\n"),
            (record(Level::INFO, "\u{1b}[2J\r\nb", Some("x")), "wasmcp: x: \\u{1b}[2J\nwasmcp: x: b\n"),
            (record(Level::INFO, "", Some("x")), ""),
        ] {
            let (lines, count) = Format::Text.lines(&record, UNIX_EPOCH);
            assert_eq!((lines.as_str(), count), (expected, expected.lines().count()), "{record:?}");
        }
    }

    #[test]
    fn a_message_in_json_is_one_line_with_its_fields() {
        let mut record = record(Level::WARN, "a\n\u{1b}\"b", Some("x"));
        record.fields.insert("request".to_owned(), "7".into());
        let (line, count) = Format::Json.lines(&record, UNIX_EPOCH + Duration::from_millis(1_700_000_000_123));
        let expected = json!({
            "time": "2023-11-14T22:13:20.123Z", "level": "warn", "message": "a\n\\u{1b}\"b", "provider": "x", "request": "7",
        });
        assert_eq!((serde_json::from_str::<Value>(&line).expect("JSON"), count), (expected, 1));
        assert_eq!(line.find('\n'), Some(line.len() - 1), "{line}");
    }

    #[test]
    fn lost_lines_are_told_in_both_forms() {
        assert_eq!(Format::Text.lost(1), "wasmcp: 1 line of the log was lost\n");
        assert_eq!(Format::Text.lost(2), "wasmcp: 2 lines of the log were lost\n");
        let line: Value = serde_json::from_str(&Format::Json.lost(2)).expect("JSON");
        assert_eq!((&line["lost"], &line["level"]), (&json!(2), &json!("error")));
    }
}
