//! The lines that wait to be written. The queue is bounded: a reader that is slow loses lines, and holds up no call.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The most lines that wait.
const MAX_LINES: usize = 2048;
/// The most bytes that wait.
const MAX_BYTES: usize = 1 << 20;

/// A message that waits to be written.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// Whole lines, each with its end.
    pub(super) text: String,
    pub(super) lines: usize,
    /// How many lines were lost between the entry before and this one.
    pub(super) lost_before: usize,
}

/// What there is to do for the thread that writes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    Entry(Entry),
    /// Nothing has come for a while.
    Nothing,
    /// The queue is empty, and nothing will come.
    End,
}

/// The queue between everything that logs and the thread that writes.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    added: Condvar,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    entries: VecDeque<Entry>,
    lines: usize,
    bytes: usize,
    /// How many lines were lost since the last entry.
    lost: usize,
    is_closed: bool,
    /// Whether the thread that writes has seen the end.
    is_written: bool,
}

impl Queue {
    /// Adds a message, or counts its lines as lost if too much waits already. It never waits.
    pub(super) fn push(&self, text: String, lines: usize) {
        let mut state = self.lock();
        if state.lines.saturating_add(lines) > MAX_LINES || state.bytes.saturating_add(text.len()) > MAX_BYTES {
            state.lost = state.lost.saturating_add(lines);
            return;
        }
        state.lines += lines;
        state.bytes += text.len();
        let lost_before = std::mem::take(&mut state.lost);
        state.entries.push_back(Entry { text, lines, lost_before });
        drop(state);
        self.added.notify_one();
    }

    /// Waits for the next message. Lines that were lost after the last message are an entry without text.
    pub(super) fn next(&self, timeout: Duration) -> Next {
        let waits = |state: &mut State| state.entries.is_empty() && state.lost == 0 && !state.is_closed;
        let waited = self.added.wait_timeout_while(self.lock(), timeout, waits);
        let mut state = waited.unwrap_or_else(PoisonError::into_inner).0;
        if let Some(entry) = state.entries.pop_front() {
            state.lines = state.lines.saturating_sub(entry.lines);
            state.bytes = state.bytes.saturating_sub(entry.text.len());
            return Next::Entry(entry);
        }
        match std::mem::take(&mut state.lost) {
            0 if state.is_closed => Next::End,
            0 => Next::Nothing,
            lost_before => Next::Entry(Entry { lost_before, ..Entry::default() }),
        }
    }

    /// Says that everything is written.
    pub(super) fn end(&self) {
        self.lock().is_written = true;
        self.ended.notify_all();
    }

    /// Waits until everything is written, but no longer than this.
    pub(super) fn close(&self, timeout: Duration) {
        let mut state = self.lock();
        state.is_closed = true;
        self.added.notify_one();
        // What is not written by then is lost.
        drop(self.ended.wait_timeout_while(state, timeout, |state| !state.is_written));
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str, lost_before: usize) -> Next {
        Next::Entry(Entry { text: text.to_owned(), lines: usize::from(!text.is_empty()), lost_before })
    }

    #[test]
    fn what_waits_is_bounded_in_lines_and_bytes_and_the_rest_is_counted() {
        for (length, fits) in [(10, MAX_LINES), (MAX_BYTES / 4, 4), (MAX_BYTES + 1, 0)] {
            let queue = Queue::default();
            for _ in 0..fits + 7 {
                queue.push("x".repeat(length), 1);
            }
            for _ in 0..fits {
                assert_eq!(queue.next(Duration::ZERO), entry(&"x".repeat(length), 0), "{length}");
            }
            assert_eq!(queue.next(Duration::ZERO), entry("", 7), "{length}");
            assert_eq!(queue.next(Duration::ZERO), Next::Nothing, "{length}");
        }
    }

    #[test]
    fn lines_are_told_as_lost_where_they_were_lost() {
        let queue = Queue::default();
        for _ in 0..MAX_LINES + 3 {
            queue.push("a\n".to_owned(), 1);
        }
        assert_eq!(queue.next(Duration::ZERO), entry("a\n", 0));
        queue.push("b\n".to_owned(), 1);
        for _ in 1..MAX_LINES {
            assert_eq!(queue.next(Duration::ZERO), entry("a\n", 0));
        }
        assert_eq!(queue.next(Duration::ZERO), entry("b\n", 3));
        queue.close(Duration::ZERO);
        assert_eq!(queue.next(Duration::ZERO), Next::End);
    }
}
