//! Runs one future to its end. The only thing that a future here ever waits for is time: an import's call returns when it is
//! done. So when the future has not been woken, the whole instance sleeps until the next of the times that are waited for.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use wasi::clocks::monotonic_clock::{self, Instant};

thread_local! {
    /// Who waits for which time.
    static WAITING: RefCell<Vec<(Instant, Waker)>> = const { RefCell::new(Vec::new()) };
}

/// A future waits for what never comes.
#[derive(Debug)]
pub(crate) struct Stuck;

impl std::fmt::Display for Stuck {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the transport waits for something that nobody does")
    }
}

/// Whether the future that runs wants to be polled again.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Runs the future.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> Result<T, Stuck> {
    let mut future = pin!(future);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(woken.clone());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Ok(output);
        }
        if !woken.0.swap(false, Ordering::Relaxed) {
            sleep()?;
        }
    }
}

/// Done when this time has come.
pub(crate) async fn until(time: Instant) {
    poll_fn(|task| {
        if monotonic_clock::now() >= time {
            return Poll::Ready(());
        }
        WAITING.with_borrow_mut(|waiting| waiting.push((time, task.waker().clone())));
        Poll::Pending
    })
    .await;
}

/// Sleeps until the first of the times, then wakes all who wait: those whose time has not come wait again.
fn sleep() -> Result<(), Stuck> {
    let waiting = WAITING.take();
    let first = waiting.iter().map(|(time, _)| *time).min().ok_or(Stuck)?;
    monotonic_clock::subscribe_instant(first).block();
    waiting.into_iter().for_each(|(_, waker)| waker.wake());
    Ok(())
}
