//! The log of one component: what the host reports about it, what it was denied, and what it prints.

use std::fmt::Display;
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use tracing::Level;

use super::printable::{cut, printable};
use super::rate_limit::{Budget, Verdict};
use super::subscriber::{MAX_MESSAGE, format_bounded};

/// The most bytes of a line about a component.
pub(crate) const MAX_LINE: usize = 1 << 10;

/// The log of one component. Each kind of message has a budget of its own, per second: a provider that traps at every call must not fill
/// the disk, and neither what it prints nor what it is denied may hide what the host reports about it.
#[derive(Debug)]
pub(crate) struct ComponentLog {
    name: String,
    reported: Mutex<Budget>,
    denied: Mutex<Budget>,
    printed: Mutex<Budget>,
}

impl ComponentLog {
    pub(crate) fn new(name: &str) -> Self {
        let budget = || Mutex::new(Budget::new(Instant::now()));
        Self { name: name.to_owned(), reported: budget(), denied: budget(), printed: budget() }
    }

    /// Logs a warning of the host about the component.
    pub(crate) fn warn(&self, request: Option<&str>, text: impl Display) {
        if let Some(text) = within(&self.reported, text) {
            tracing::warn!(provider = self.name, source = "host", request, "{text}");
        }
    }

    /// Logs that a call has failed, where its request is known. What the component itself did wrong is an error; a limit that it has met
    /// is a warning.
    pub(crate) fn failed(&self, level: Level, request: Option<&str>, text: impl Display) {
        match within(&self.reported, text) {
            Some(text) if level == Level::ERROR => {
                tracing::error!(provider = self.name, source = "host", request, "{text}");
            }
            Some(text) => tracing::warn!(provider = self.name, source = "host", request, "{text}"),
            None => {}
        }
    }

    /// Logs what the component was denied, in the call of this request where it is known.
    pub(crate) fn denied(&self, request: Option<&str>, text: impl Display) {
        if let Some(text) = within(&self.denied, text) {
            tracing::warn!(provider = self.name, source = "host", request, "{text}");
        }
    }

    /// Logs what the component prints, or that it is cut off.
    pub(crate) fn print(&self, request: Option<&str>, text: impl Display) {
        if let Some(text) = within(&self.printed, text) {
            tracing::info!(provider = self.name, source = "component", request, "{text}");
        }
    }
}

/// What a budget leaves of a message.
fn within(budget: &Mutex<Budget>, text: impl Display) -> Option<String> {
    let text = format_bounded(text, MAX_MESSAGE);
    let mut kept: Vec<String> = Vec::new();
    let mut budget = budget.lock().unwrap_or_else(PoisonError::into_inner);
    for line in text.lines() {
        let mut line = printable(line);
        cut(&mut line, MAX_LINE);
        match budget.take(line.len(), Instant::now()) {
            Verdict::Line => kept.push(line),
            Verdict::LastLine => kept.push("too many lines: the rest of this second is not logged".to_owned()),
            Verdict::Nothing => break,
        }
    }
    (!kept.is_empty()).then(|| kept.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log::rate_limit::MAX_LINES;

    #[test]
    fn what_a_component_prints_or_is_denied_hides_no_report_about_it() {
        let log = ComponentLog::new("test");
        for budget in [&log.printed, &log.denied] {
            let text = within(budget, "x\n".repeat(MAX_LINES * 2)).expect("lines");
            assert_eq!(text.lines().count(), MAX_LINES);
            assert!(text.ends_with("\ntoo many lines: the rest of this second is not logged"), "{text}");
        }
        assert_eq!(within(&log.reported, "trapped").as_deref(), Some("trapped"));
    }

    #[test]
    fn lines_and_messages_are_cut() {
        let log = ComponentLog::new("test");
        let text = within(&log.reported, format_args!("{}\nb", "\u{1b}".repeat(1 << 10))).expect("lines");
        let lines: Vec<_> = text.lines().collect();
        assert!(
            matches!(lines[..], [first, "b"] if first.len() <= MAX_LINE + 3 && first.ends_with('\u{2026}')),
            "{text}"
        );
        let long = format!("{}\n", "x".repeat(MAX_LINE)).repeat(100);
        assert!(within(&log.printed, long).expect("lines").len() <= MAX_MESSAGE + 3);
    }
}
