//! Runs one future on `wasi:io/poll`: the whole of an asynchronous runtime that a call needs.
//!
//! # Design
//! There are no wakers. A future that waits says for what, and once any of that is ready every future is polled again:
//! with five requests that is less work than to keep books.

use std::cell::RefCell;
use std::future::{self, Future};
use std::pin::pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use wasi::io::poll::{self, Pollable};

thread_local! {
    static AWAITED: RefCell<Vec<Rc<Pollable>>> = const { RefCell::new(Vec::new()) };
}

/// Runs the future to its end.
pub(crate) fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut cx) {
            return output;
        }
        // Taken, and dropped before the next turn: a pollable must not outlive what it was made from.
        let awaited = AWAITED.take();
        poll::poll(&awaited.iter().map(Rc::as_ref).collect::<Vec<_>>());
    }
}

/// Waits for the event, and says whether it came before the deadline.
pub(crate) async fn ready(event: Pollable, deadline: &Rc<Pollable>) -> bool {
    let event = Rc::new(event);
    future::poll_fn(|_| {
        if event.ready() {
            return Poll::Ready(true);
        }
        if deadline.ready() {
            return Poll::Ready(false);
        }
        AWAITED.with_borrow_mut(|awaited| awaited.extend([Rc::clone(&event), Rc::clone(deadline)]));
        Poll::Pending
    })
    .await
}
