//! The limits of one call. `memory_limit` enforces that of its memory, `time_limit` that of its time.

use std::fmt;
use std::time::Duration;

use wasmtime::Store;

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
