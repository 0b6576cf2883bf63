//! Runs one future to its end. The only thing that a future here ever waits for is time: an import's call returns when it is
//! done. So whenever nothing else can go on, the whole instance sleeps until the next of the times that are waited for.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

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

/// Runs the future.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> Result<T, Stuck> {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Ok(output);
        }
        sleep()?;
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
