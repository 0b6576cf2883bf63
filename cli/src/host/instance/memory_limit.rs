//! The memory and the tables of one call: what it may use, counted while it grows, and with what the host holds for it.

use wasmtime::ResourceLimiter;

use super::memory_budget::MemoryReservation;

/// Enforces the memory limit of one call, and records what it tried to exceed.
pub(crate) struct Memory {
    limit: usize,
    used: usize,
    /// What the host holds for its handles besides, at most so far.
    handles: usize,
    /// What the host holds for an exchange by the service `http` besides, at most so far.
    exchange: usize,
    /// The part of the budget of all calls.
    reserved: MemoryReservation,
    /// What the call tried to exceed, if anything.
    pub(crate) shortage: Option<Shortage>,
}

/// Why a call got no more memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shortage {
    /// It would have exceeded its own limit.
    OfCall,
    /// All calls together would have exceeded theirs.
    OfAll,
}

/// The most elements of one table. No toolchain's function table has more; a table of this size takes half a megabyte.
pub(crate) const TABLE_ELEMENTS: usize = 65_536;

impl Memory {
    pub(crate) fn new(limit: usize, reserved: MemoryReservation) -> Self {
        Self { limit, used: 0, handles: 0, exchange: 0, reserved, shortage: None }
    }

    /// Counts what the host holds for the handles of the call. `false` if that is more than the call may use.
    pub(crate) fn hold_handles(&mut self, bytes: usize) -> bool {
        if bytes <= self.handles {
            return true;
        }
        let fits = self.fits(self.used.saturating_add(bytes).saturating_add(self.exchange));
        if fits {
            self.handles = bytes;
        }
        fits
    }

    /// Counts what the host holds for an exchange of the call by the service `http`, in the same way. The call is told if it does not fit,
    /// and goes on: what ends it later is no shortage.
    pub(crate) fn hold_exchange(&mut self, bytes: usize) -> bool {
        if bytes <= self.exchange {
            return true;
        }
        let shortage = self.shortage;
        let fits = self.fits(self.used.saturating_add(self.handles).saturating_add(bytes));
        self.shortage = shortage;
        if fits {
            self.exchange = bytes;
        }
        fits
    }

    /// Makes so many bytes the call's, if neither its own limit nor that of all calls is exceeded.
    fn fits(&mut self, bytes: usize) -> bool {
        if bytes > self.limit {
            self.shortage = Some(Shortage::OfCall);
            return false;
        }
        let fits = self.reserved.grow_to(bytes);
        if !fits {
            self.shortage = Some(Shortage::OfAll);
        }
        fits
    }

    /// How many bytes of its own memory the call uses.
    pub(crate) fn used(&self) -> usize {
        self.used
    }
}

impl ResourceLimiter for Memory {
    fn memory_growing(&mut self, current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        let used = self.used.saturating_add(desired.saturating_sub(current));
        let fits = self.fits(used.saturating_add(self.handles).saturating_add(self.exchange));
        if fits {
            self.used = used;
        }
        Ok(fits)
    }

    fn table_growing(&mut self, _current: usize, desired: usize, _maximum: Option<usize>) -> wasmtime::Result<bool> {
        Ok(desired <= TABLE_ELEMENTS)
    }
}

#[cfg(test)]
mod tests {
    use super::super::memory_budget::MemoryBudget;
    use super::*;

    /// The memory of a call, with a budget for all calls.
    fn memory(limit: usize, all: usize) -> Memory {
        Memory::new(limit, MemoryBudget::new(all, 1).share().nothing())
    }

    #[test]
    fn the_memory_limit_is_over_all_memories_together() {
        let mut memory = memory(100, 1000);
        assert!(memory.memory_growing(0, 60, None).expect("no error"));
        assert!(memory.memory_growing(0, 40, None).expect("no error"));
        assert_eq!(memory.shortage, None);
        assert!(!memory.memory_growing(40, 41, None).expect("no error"));
        assert_eq!((memory.shortage, memory.used()), (Some(Shortage::OfCall), 100));
    }

    #[test]
    fn what_the_host_holds_for_a_call_counts_as_its_memory() {
        let mut memory = memory(100, 1000);
        assert!(memory.hold_handles(30) && memory.hold_handles(20), "the most at once counts");
        assert!(memory.hold_exchange(10) && memory.hold_exchange(5), "the most at once counts");
        assert!(memory.memory_growing(0, 60, None).expect("no error"));
        assert!(!memory.hold_exchange(11));
        assert_eq!(memory.shortage, None, "the call goes on");
        assert!(!memory.memory_growing(60, 61, None).expect("no error"));
        assert!(!memory.hold_handles(31));
        assert_eq!((memory.shortage, memory.used()), (Some(Shortage::OfCall), 60));
    }

    #[test]
    fn a_call_gets_no_more_than_all_calls_leave() {
        let mut memory = memory(100, 50);
        assert!(memory.memory_growing(0, 50, None).expect("no error"));
        assert!(!memory.memory_growing(50, 51, None).expect("no error"));
        assert_eq!((memory.shortage, memory.used()), (Some(Shortage::OfAll), 50));
    }

    #[test]
    fn tables_have_a_limit_of_their_own() {
        let mut memory = memory(100, 1000);
        assert!(memory.table_growing(0, TABLE_ELEMENTS, None).expect("no error"));
        assert!(!memory.table_growing(0, TABLE_ELEMENTS + 1, None).expect("no error"));
    }
}
