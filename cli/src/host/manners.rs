//! Components that compute for long, and the others.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::task::block_in_place;

/// How many ticks there have been, of all engines: a clock that costs nothing to read.
static TICKS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The tick at which the call that runs on this thread was last given the thread.
    static SINCE: Cell<u64> = const { Cell::new(0) };
    /// It has computed for more than a whole tick since.
    static COMPUTED: Cell<bool> = const { Cell::new(false) };
}

/// Moves the clock on.
pub(super) fn tick() {
    TICKS.fetch_add(1, Ordering::Relaxed);
}

/// Asked from inside a call, at every tick that it notices: whether it is time to give way. A call that was waiting, and comes
/// back many ticks later, has not computed since.
pub(super) fn must_give_way() -> bool {
    // The first tick may have come just after it started.
    let computed = TICKS.load(Ordering::Relaxed).wrapping_sub(SINCE.get()) >= 2;
    COMPUTED.set(computed);
    computed
}

/// Runs a call. One that computes for long goes on beside the runtime, on a thread of its own until it next gives way, so that
/// the system shares the cores fairly and no quick call waits for a slow one.
pub(super) async fn run<T>(call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    let mut computes = false;
    poll_fn(|context| {
        COMPUTED.set(false);
        SINCE.set(TICKS.load(Ordering::Relaxed));
        let polled = match computes {
            true => block_in_place(|| call.as_mut().poll(context)),
            false => call.as_mut().poll(context),
        };
        computes = COMPUTED.get();
        polled
    })
    .await
}
