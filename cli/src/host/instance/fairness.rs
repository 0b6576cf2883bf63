//! Fair use of the cores: a component that computes for long yields to other calls, and moves to a thread of its own.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::block_in_place;

/// How many ticks there have been, of all engines: a clock that costs nothing to read.
static TICKS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The tick at which the call that runs on this thread was last polled.
    static POLLED_AT: Cell<u64> = const { Cell::new(0) };
    /// Whether that call has computed for more than a whole tick since it was last polled.
    static COMPUTED: Cell<bool> = const { Cell::new(false) };
}

/// Moves the clock on by one tick.
pub(crate) fn count_tick() {
    TICKS.fetch_add(1, Ordering::Relaxed);
}

/// Whether the call on this thread should yield. The epoch callback of a store asks this at every tick that the component
/// notices. A call that was waiting, and is polled again many ticks later, has not computed in between.
pub(crate) fn should_yield() -> bool {
    // The first tick may have come just after the call was polled.
    let computed = TICKS.load(Ordering::Relaxed).wrapping_sub(POLLED_AT.get()) >= 2;
    COMPUTED.set(computed);
    computed
}

/// Runs a call. A call that has just computed for long is polled outside the runtime's own threads until it next yields, so that the
/// operating system shares the cores fairly and no quick call waits for a slow one.
pub(crate) async fn run_cooperatively<T>(call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    let mut computes = false;
    poll_fn(|context| {
        COMPUTED.set(false);
        POLLED_AT.set(TICKS.load(Ordering::Relaxed));
        let polled = match computes {
            true => block_in_place(|| call.as_mut().poll(context)),
            false => call.as_mut().poll(context),
        };
        computes = COMPUTED.get();
        polled
    })
    .await
}
