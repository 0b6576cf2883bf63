//! The host's log, as far as it is about a component.

use std::fmt::{Display, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many lines a second are logged of one component, and as many of what it prints. A provider that traps at every call must
/// not fill the disk, and one that prints must not hide what the host says of it.
const LINES: u32 = 200;

/// The part of the host's log that is about one component, and what comes from it.
#[derive(Debug)]
pub(crate) struct Log {
    name: String,
    said: Mutex<Second>,
    printed: Mutex<Second>,
}

#[derive(Debug)]
struct Second {
    since: Instant,
    lines: u32,
}

impl Log {
    pub(crate) fn new(name: &str) -> Self {
        let second = || Mutex::new(Second { since: Instant::now(), lines: 0 });
        Self { name: name.to_owned(), said: second(), printed: second() }
    }

    /// Writes what the host says of the component.
    pub(crate) fn write(&self, text: impl Display) {
        self.lines(&self.said, text);
    }

    /// Writes what the component prints.
    pub(crate) fn print(&self, text: impl Display) {
        self.lines(&self.printed, text);
    }

    /// Each line has the component's name, so that no text of a component passes for one of the host.
    fn lines(&self, budget: &Mutex<Second>, text: impl Display) {
        let mut lines = String::new();
        for line in text.to_string().lines() {
            let line = match admit(budget, Instant::now()) {
                LINES.. => break,
                count if count == LINES - 1 => "more is dropped, for a second".to_owned(),
                _ => printable(line),
            };
            let _ = writeln!(lines, "wasmcp: {}: {line}", self.name);
        }
        eprint!("{lines}");
    }
}

/// How many lines there were before in this second.
fn admit(budget: &Mutex<Second>, now: Instant) -> u32 {
    let mut second = budget.lock().unwrap_or_else(PoisonError::into_inner);
    if now.duration_since(second.since) >= Duration::from_secs(1) {
        *second = Second { since: now, lines: 0 };
    }
    let before = second.lines;
    second.lines = before.saturating_add(1);
    before
}

/// The text with those characters written out that colour a terminal, end a line, or are not seen.
pub(crate) fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, character| {
        if (character.is_control() && character != '\t') || is_hidden(character) {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
        line
    })
}

/// The formats and separators of Unicode (Cf, Zl, Zp): they turn the direction of text, or hide in it.
fn is_hidden(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}'..='\u{891}' | '\u{8e2}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_component_cannot_forge_a_line_or_colour_a_terminal() {
        assert_eq!(printable("a\u{202e}b\u{2028}\u{200b}\u{fc}"), "a\\u{202e}b\\u{2028}\\u{200b}\u{fc}");
        assert_eq!(printable("a\tb\x1b[31m\r\nwasmcp: x"), "a\tb\\u{1b}[31m\\u{d}\\u{a}wasmcp: x");
    }

    #[test]
    fn what_is_logged_of_a_component_in_a_second_is_bounded() {
        let log = Log::new("test");
        let start = log.printed.lock().expect("lock").since;
        for before in 0..LINES + 5 {
            assert_eq!(admit(&log.printed, start), before);
        }
        assert_eq!(admit(&log.said, start), 0, "what the host says is not lost with it");
        assert_eq!(admit(&log.printed, start + Duration::from_secs(1)), 0);
    }
}
