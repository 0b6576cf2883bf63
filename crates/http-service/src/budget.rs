//! How many bytes the responses of one `send` may have together.

use std::sync::atomic::{AtomicUsize, Ordering};

/// The bytes that are left for the responses of one `send`. All of them share it, since the host holds all of them until the
/// last one is there.
#[derive(Debug)]
pub struct Budget {
    bytes: usize,
    left: AtomicUsize,
}

impl Budget {
    /// A budget of this many bytes.
    pub fn new(bytes: usize) -> Self {
        Self { bytes, left: AtomicUsize::new(bytes) }
    }

    /// How many bytes all responses have taken.
    pub fn taken(&self) -> usize {
        self.bytes.saturating_sub(self.left.load(Ordering::Relaxed))
    }

    /// Begins a response, which has taken nothing yet.
    pub fn reserve(&self) -> Reservation<'_> {
        Reservation { budget: self, taken: 0 }
    }
}

/// The bytes that one response has taken out of the budget. They go back when it is dropped, unless the response is kept: the host
/// does not hold a response that failed.
#[derive(Debug)]
pub struct Reservation<'a> {
    budget: &'a Budget,
    taken: usize,
}

impl Reservation<'_> {
    /// Takes bytes out of the budget. Returns false, and takes nothing, if fewer are left.
    pub fn take(&mut self, bytes: usize) -> bool {
        let left = &self.budget.left;
        let taken = left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok();
        if taken {
            self.taken = self.taken.saturating_add(bytes);
        }
        taken
    }

    /// The response is whole, and is held: its bytes stay taken.
    pub fn keep(mut self) {
        self.taken = 0;
    }
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        self.budget.left.fetch_add(self.taken, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_refused_cost_nothing_and_bytes_that_are_taken_are_gone() {
        let budget = Budget::new(10);
        let mut response = budget.reserve();
        for (bytes, taken) in [(6, true), (5, false), (4, true), (1, false), (0, true)] {
            assert_eq!(response.take(bytes), taken, "{bytes}");
        }
    }

    #[test]
    fn the_bytes_of_a_failed_response_are_left_for_the_others_and_those_of_a_kept_one_are_not() {
        let budget = Budget::new(10);
        let (mut failed, mut kept) = (budget.reserve(), budget.reserve());
        assert!(failed.take(3) && kept.take(7) && !failed.take(1));
        assert_eq!(budget.taken(), 10);
        drop(failed);
        kept.keep();
        assert_eq!(budget.taken(), 7);
        let mut next = budget.reserve();
        assert!(!next.take(4), "7 of 10 bytes are kept");
        assert!(next.take(3), "3 bytes came back");
    }
}
