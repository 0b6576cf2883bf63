//! The host's log, as far as it is about a component.

use std::fmt::{Display, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many lines a second are logged of one component. A provider that traps at every call must not fill the disk.
const LINES: u32 = 200;

/// The part of the host's log that is about one component, and what comes from it.
#[derive(Debug)]
pub(crate) struct Log {
    name: String,
    second: Mutex<Second>,
}

#[derive(Debug)]
struct Second {
    since: Instant,
    lines: u32,
}

impl Log {
    pub(crate) fn new(name: &str) -> Self {
        Self { name: name.to_owned(), second: Mutex::new(Second { since: Instant::now(), lines: 0 }) }
    }

    /// Writes lines, each with the component's name, so that no text of a component passes for one of the host. Control
    /// characters are written out, so that none colours a terminal.
    pub(crate) fn write(&self, text: impl Display) {
        let mut lines = String::new();
        for line in text.to_string().lines() {
            let line = match self.admit(Instant::now()) {
                LINES.. => break,
                count if count == LINES - 1 => "more is dropped, for a second".to_owned(),
                _ => printable(line),
            };
            let _ = writeln!(lines, "wasmcp: {}: {line}", self.name);
        }
        eprint!("{lines}");
    }

    /// How many lines there were before in this second.
    fn admit(&self, now: Instant) -> u32 {
        let mut second = self.second.lock().unwrap_or_else(PoisonError::into_inner);
        if now.duration_since(second.since) >= Duration::from_secs(1) {
            *second = Second { since: now, lines: 0 };
        }
        let before = second.lines;
        second.lines = before.saturating_add(1);
        before
    }
}

/// The text with its control characters written out.
fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, character| {
        if character.is_control() && character != '\t' {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_cannot_forge_a_line_or_colour_a_terminal() {
        assert_eq!(printable("a\tb\x1b[31m\r\nwasmcp: x"), "a\tb\\u{1b}[31m\\u{d}\\u{a}wasmcp: x");
    }

    #[test]
    fn what_is_logged_of_a_component_in_a_second_is_bounded() {
        let log = Log::new("test");
        let start = log.second.lock().expect("lock").since;
        for before in 0..LINES + 5 {
            assert_eq!(log.admit(start), before);
        }
        assert_eq!(log.admit(start + Duration::from_secs(1)), 0);
    }
}
