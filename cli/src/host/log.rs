//! The host's log of one component: messages of the host about it, and what it prints.

use std::fmt::{Display, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many lines per second the host logs about one component; the component may print as many. A provider that traps at every
/// call must not fill the disk, and one that prints must not hide what the host reports about it.
const MAX_LINES: u32 = 200;

/// The log of one component.
#[derive(Debug)]
pub(crate) struct Log {
    name: String,
    reported: Mutex<LineCount>,
    printed: Mutex<LineCount>,
}

/// How many lines were written in the second that began at `since`.
#[derive(Debug)]
struct LineCount {
    since: Instant,
    lines: u32,
}

impl Log {
    pub(crate) fn new(name: &str) -> Self {
        let count = || Mutex::new(LineCount { since: Instant::now(), lines: 0 });
        Self { name: name.to_owned(), reported: count(), printed: count() }
    }

    /// Writes a message of the host about the component.
    pub(crate) fn write(&self, text: impl Display) {
        self.lines(&self.reported, text);
    }

    /// Writes a line that the component prints.
    pub(crate) fn print(&self, text: impl Display) {
        self.lines(&self.printed, text);
    }

    /// Every line begins with the component's name, so that no text of a component looks like a message of the host.
    fn lines(&self, count: &Mutex<LineCount>, text: impl Display) {
        let mut lines = String::new();
        for line in text.to_string().lines() {
            let line = match count_line(count, Instant::now()) {
                MAX_LINES.. => break,
                before if before == MAX_LINES - 1 => "too many lines: the rest of this second is not logged".to_owned(),
                _ => printable(line),
            };
            let _ = writeln!(lines, "wasmcp: {}: {line}", self.name);
        }
        eprint!("{lines}");
    }
}

/// Counts a line, and returns how many lines came before it in this second.
fn count_line(count: &Mutex<LineCount>, now: Instant) -> u32 {
    let mut second = count.lock().unwrap_or_else(PoisonError::into_inner);
    if now.duration_since(second.since) >= Duration::from_secs(1) {
        *second = LineCount { since: now, lines: 0 };
    }
    let before = second.lines;
    second.lines = before.saturating_add(1);
    before
}

/// Escapes the characters of a text that colour a terminal, end a line, or are invisible.
pub(crate) fn printable(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut line, character| {
        if (character.is_control() && character != '\t') || is_invisible(character) {
            line.extend(character.escape_unicode());
        } else {
            line.push(character);
        }
        line
    })
}

/// Whether a character is a format or separator of Unicode (Cf, Zl, Zp): they change the direction of text, or are invisible.
fn is_invisible(character: char) -> bool {
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
    fn the_lines_of_a_component_in_a_second_are_limited() {
        let log = Log::new("test");
        let start = log.printed.lock().expect("lock").since;
        for before in 0..MAX_LINES + 5 {
            assert_eq!(count_line(&log.printed, start), before);
        }
        assert_eq!(count_line(&log.reported, start), 0, "messages of the host have a limit of their own");
        assert_eq!(count_line(&log.printed, start + Duration::from_secs(1)), 0);
    }
}
