//! Runs one future to its end. What it waits for are pollables of the host, several at once.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::task::{Context, Poll, Wake, Waker};

use contract::model::McpError;
use wasmcloud_component::wasi::io::poll::{Pollable, poll};

thread_local! {
    /// Who waits for what. Weak, since a pollable must be gone before what it was made of, whenever its future is dropped.
    static WAITING: RefCell<Vec<(Weak<Pollable>, Waker)>> = const { RefCell::new(Vec::new()) };
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
pub(crate) fn run<T>(future: impl Future<Output = Result<T, McpError>>) -> Result<T, McpError> {
    let mut future = pin!(future);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return output;
        }
        if !woken.0.swap(false, Ordering::Relaxed) && !sleep() {
            return Err(McpError::Internal("the router waits for something that nobody does".to_owned()));
        }
    }
}

/// Done when the pollable is ready.
pub(crate) async fn ready(pollable: Pollable) {
    let pollable = Arc::new(pollable);
    poll_fn(|task| {
        if pollable.ready() {
            return Poll::Ready(());
        }
        WAITING.with_borrow_mut(|waiting| waiting.push((Arc::downgrade(&pollable), task.waker().clone())));
        Poll::Pending
    })
    .await;
}

/// Sleeps until one of the pollables is ready, and wakes those who wait for it; the others wait again. Says whether anybody waits.
fn sleep() -> bool {
    let waiting = WAITING.take();
    let (pollables, wakers): (Vec<_>, Vec<_>) =
        waiting.into_iter().filter_map(|(pollable, waker)| Some((pollable.upgrade()?, waker))).unzip();
    if pollables.is_empty() {
        return false;
    }
    // Whoever is not ready says so when its future is polled, and is here again.
    poll(&pollables.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    drop(pollables);
    wakers.into_iter().for_each(Waker::wake);
    true
}
