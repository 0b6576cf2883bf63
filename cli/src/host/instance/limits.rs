//! The limits of one call: memory, tables and the size of what it returns. Its time is measured in `time_budget`.

use std::fmt;
use std::time::Duration;

use wasmtime::{ResourceLimiter, Store};

use super::memory_budget::MemoryReservation;

/// The limits of one component, for each of its calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// How long a call may take, waiting included; of a composed file, how long it may compute.
    pub(crate) time: Duration,
    /// How many bytes of linear memory a call may use, over all memories of its instance.
    pub(crate) memory: usize,
    /// How many bytes a call may pass to the host at once, counted as the host holds them: as its result, or as the arguments of a
    /// call of the host, such as the bodies of requests.
    pub(crate) result: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            // The engine's default time limit of a call is the same.
            time: Duration::from_secs(30),
            // The largest runtimes that are built into components (Python, StarlingMonkey) start with 10 to 40 MiB; this leaves
            // them room for work, and a provider that grows is stopped before a small machine swaps.
            memory: 256 << 20,
            // Twice the largest request body.
            result: 8 << 20,
        }
    }
}

impl Limits {
    /// Sets the limit of what a call passes to the host, its result above all; a call that exceeds it fails as `TransferTooLarge`.
    ///
    /// It is counted in the fuel of host calls, which is what the host allocates for each value that crosses: a list of a million strings
    /// that all point at the same megabyte stops here, before the host has copied them.
    pub(super) fn set_result_limit<T>(&self, store: &mut Store<T>) {
        store.set_hostcall_fuel(self.result);
    }
}

/// The least that a composed file may pass to the host at once. It passes its answer in pieces, and the host counts their sum.
const MIN_TRANSFER_BYTES: usize = 1 << 20;

impl Limits {
    /// Sets what a composed file may pass to the host at once: its limit is that of an answer, whose pieces are smaller.
    pub(crate) fn set_transfer_limit<T>(&self, store: &mut Store<T>) {
        store.set_hostcall_fuel(self.result.max(MIN_TRANSFER_BYTES));
    }
}

/// A number of bytes, displayed with a unit.
pub(crate) struct Size(pub(crate) usize);

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes >= 1 << 20 && bytes % (1 << 20) == 0 => write!(formatter, "{} MiB", bytes >> 20),
            bytes if bytes >= 1 << 10 && bytes % (1 << 10) == 0 => write!(formatter, "{} KiB", bytes >> 10),
            bytes => write!(formatter, "{bytes} bytes"),
        }
    }
}

/// Enforces the memory limit of one call, and records what it tried to exceed.
pub(crate) struct Memory {
    limit: usize,
    used: usize,
    /// What the host holds for the call besides, at most so far.
    host: usize,
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
        Self { limit, used: 0, host: 0, reserved, shortage: None }
    }

    /// Counts what the host holds for the call. `false` if that is more than the call may use.
    pub(crate) fn hold_in_host(&mut self, bytes: usize) -> bool {
        if bytes <= self.host {
            return true;
        }
        let fits = self.fits(self.used.saturating_add(bytes));
        if fits {
            self.host = bytes;
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
        let fits = self.fits(used.saturating_add(self.host));
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
        assert!(memory.hold_in_host(40) && memory.hold_in_host(30), "the most at once counts");
        assert!(memory.memory_growing(0, 60, None).expect("no error"));
        assert!(!memory.memory_growing(60, 61, None).expect("no error"));
        assert!(!memory.hold_in_host(41));
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
