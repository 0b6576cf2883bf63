//! How many bytes the responses of one `send` may have together.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The bytes that are left for the responses of one `send`. All of them share it, since the host holds all of them until the
/// last one is there.
#[derive(Debug)]
pub struct Budget(AtomicUsize);

impl Budget {
    /// A budget of this many bytes.
    pub fn new(bytes: usize) -> Self {
        Self(AtomicUsize::new(bytes))
    }

    /// Takes bytes out of the budget. It is false, and takes nothing, where fewer are left.
    pub fn take(&self, bytes: usize) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_refused_costs_nothing_and_what_is_taken_is_gone() {
        let budget = Budget::new(10);
        for (bytes, taken) in [(6, true), (5, false), (4, true), (1, false), (0, true)] {
            assert_eq!(budget.take(bytes), taken, "{bytes}");
        }
    }
}
