//! Components that compute for long, and the others.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::pin;

use tokio::task::block_in_place;

thread_local! {
    /// A component has just computed through a whole tick on this thread.
    static COMPUTED: Cell<bool> = const { Cell::new(false) };
}

/// Notes, from inside a component's call, that it was interrupted.
pub(super) fn interrupted() {
    COMPUTED.set(true);
}

/// Runs a call. One that computes for longer than a tick goes on beside the runtime, on a thread of its own for each tick, so
/// that the system shares the cores fairly and no quick call waits for a slow one.
pub(super) async fn run<T>(call: impl Future<Output = T>) -> T {
    let mut call = pin!(call);
    let mut computes = false;
    poll_fn(|context| {
        COMPUTED.set(false);
        let polled = match computes {
            true => block_in_place(|| call.as_mut().poll(context)),
            false => call.as_mut().poll(context),
        };
        computes = COMPUTED.get();
        polled
    })
    .await
}
