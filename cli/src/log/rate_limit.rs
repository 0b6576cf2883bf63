//! How much is logged of one kind about one component in a second.

use std::time::{Duration, Instant};

/// The most lines of a second.
pub(super) const MAX_LINES: usize = 200;
/// The most bytes of a second.
const MAX_BYTES: usize = 64 << 10;

/// What has been logged since the second began.
#[derive(Debug)]
pub(super) struct Budget {
    since: Instant,
    lines: usize,
    bytes: usize,
}

/// What is logged of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Line,
    /// The last line of the second, which says that the rest is not logged.
    LastLine,
    Nothing,
}

impl Budget {
    pub(super) fn new(now: Instant) -> Self {
        Self { since: now, lines: 0, bytes: 0 }
    }

    /// Takes a line out of the budget.
    pub(super) fn take(&mut self, bytes: usize, now: Instant) -> Verdict {
        if now.duration_since(self.since) >= Duration::from_secs(1) {
            *self = Self::new(now);
        }
        if self.lines >= MAX_LINES {
            return Verdict::Nothing;
        }
        (self.lines, self.bytes) = (self.lines + 1, self.bytes.saturating_add(bytes));
        if self.lines == MAX_LINES || self.bytes > MAX_BYTES {
            self.lines = MAX_LINES;
            return Verdict::LastLine;
        }
        Verdict::Line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_and_the_bytes_of_a_second_are_limited() {
        for (bytes, logged) in [(10, MAX_LINES - 1), (1 << 10, 64), (MAX_BYTES + 1, 0)] {
            let start = Instant::now();
            let mut budget = Budget::new(start);
            for second in 0..2 {
                let now = start + Duration::from_secs(second);
                for line in 0..MAX_LINES + 5 {
                    let expected = match line {
                        line if line < logged => Verdict::Line,
                        line if line == logged => Verdict::LastLine,
                        _ => Verdict::Nothing,
                    };
                    assert_eq!(budget.take(bytes, now), expected, "{line} of {bytes} bytes");
                }
            }
        }
    }
}
