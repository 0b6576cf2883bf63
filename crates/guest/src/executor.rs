//! Runs one future to its end, and sleeps in the host while the future cannot go on.

use std::cell::RefCell;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use wasi::io::poll::{Pollable, poll};

use crate::queue::WaitQueue;

thread_local! {
    static QUEUE: RefCell<WaitQueue<Pollable>> = const { RefCell::new(WaitQueue::new()) };
}

/// The future is pending, and no event of the host that it waits for is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("deadlock: the future is pending and nothing will wake it")]
pub struct Deadlock;

/// Runs the future to its end. It must not be called inside a future that it runs.
pub fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Deadlock> {
    run(future, wait)
}

/// Waits until the pollable is ready.
pub async fn ready(pollable: Pollable) {
    let pollable = Arc::new(pollable);
    poll_fn(|task| {
        if pollable.ready() {
            return Poll::Ready(());
        }
        QUEUE.with_borrow_mut(|queue| queue.add(&pollable, task.waker()));
        Poll::Pending
    })
    .await;
}

/// Sleeps until the host has at least one of the events that futures wait for, and wakes those futures. Returns false if there
/// is no such event.
fn wait() -> bool {
    let events = QUEUE.with_borrow_mut(WaitQueue::events);
    if events.is_empty() {
        return false;
    }
    let happened = poll(&events.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    // Dropped before any future goes on: a pollable must not outlive the resource that it was made from.
    drop(events);
    QUEUE.with_borrow_mut(|queue| queue.take(&happened)).into_iter().for_each(Waker::wake);
    true
}

/// Whether the future has been woken since it was last polled. [`Wake`] asks for a type that threads can share; on wasm
/// without threads the atomic operations are plain loads and stores.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Polls the future whenever it was woken. Between, `wait` sleeps until an event has come and wakes the futures that wait for it; it
/// returns false if there is none to wait for.
fn run<T>(future: impl Future<Output = T>, mut wait: impl FnMut() -> bool) -> Result<T, Deadlock> {
    let mut future = pin!(future);
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Ok(output);
        }
        while !woken.0.swap(false, Ordering::Relaxed) {
            if !wait() {
                return Err(Deadlock);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};
    use std::future::{pending, poll_fn, ready};

    use super::*;
    use crate::join_all;

    /// A host whose events happen one at a time, the one with the lowest number first.
    struct Host {
        queue: RefCell<WaitQueue<u32>>,
        happened: RefCell<Vec<u32>>,
        polls: Cell<u32>,
    }

    impl Host {
        fn new() -> Self {
            Self { queue: WaitQueue::new().into(), happened: RefCell::default(), polls: Cell::default() }
        }

        async fn event(&self, number: u32) -> u32 {
            let event = Arc::new(number);
            poll_fn(|task| {
                self.polls.update(|polls| polls + 1);
                if self.happened.borrow().contains(&number) {
                    return Poll::Ready(number);
                }
                self.queue.borrow_mut().add(&event, task.waker());
                Poll::Pending
            })
            .await
        }

        fn wait(&self) -> bool {
            let events = self.queue.borrow_mut().events();
            let Some((index, event)) = (0..).zip(&events).min_by_key(|(_, event)| ***event) else { return false };
            self.happened.borrow_mut().push(**event);
            let wakers = self.queue.borrow_mut().take(&[index]);
            wakers.into_iter().for_each(Waker::wake);
            true
        }

        fn run<T>(&self, future: impl Future<Output = T>) -> Result<T, Deadlock> {
            run(future, || self.wait())
        }
    }

    #[test]
    fn a_future_that_is_done_needs_no_event() {
        assert_eq!(run(ready(7), || panic!("there is no event")), Ok(7));
    }

    #[test]
    fn a_future_goes_on_with_each_event_that_it_waits_for() {
        let host = Host::new();
        let sum = host.run(async { host.event(1).await + host.event(2).await });
        assert_eq!(sum, Ok(3));
        assert_eq!((&*host.happened.borrow(), host.polls.get()), (&vec![1, 2], 4), "no poll without an event");
    }

    #[test]
    fn futures_at_once_wait_for_all_their_events() {
        let host = Host::new();
        let answers = host.run(join_all([3, 1, 2].map(|number| host.event(number))));
        assert_eq!(answers, Ok(vec![3, 1, 2]), "the answers have the order of the futures");
        assert_eq!(*host.happened.borrow(), [1, 2, 3]);
    }

    #[test]
    fn a_future_that_wakes_itself_is_polled_again_without_an_event() {
        let mut yielded = false;
        let future = poll_fn(|task| {
            if std::mem::replace(&mut yielded, true) {
                return Poll::Ready(());
            }
            task.waker().wake_by_ref();
            Poll::Pending
        });
        assert_eq!(run(future, || panic!("there is no event")), Ok(()));
    }

    #[test]
    fn a_future_that_waits_for_no_event_is_a_deadlock() {
        let host = Host::new();
        let error = host.run(pending::<()>()).expect_err("a deadlock");
        assert_eq!(error.to_string(), "deadlock: the future is pending and nothing will wake it");
        // The event of a future that was dropped wakes no future.
        let future = async {
            let mut dropped = Box::pin(host.event(1));
            let _ = poll_fn(|task| Poll::Ready(dropped.as_mut().poll(task))).await;
            drop(dropped);
            pending::<()>().await;
        };
        assert_eq!(host.run(future), Err(Deadlock));
        assert!(host.happened.borrow().is_empty());
    }

    #[test]
    fn an_event_of_a_run_that_is_over_does_not_end_the_next_one() {
        let host = Host::new();
        let mut kept = Box::pin(host.event(1));
        let polled = host.run(poll_fn(|task| Poll::Ready(kept.as_mut().poll(task).is_ready())));
        assert_eq!(polled, Ok(false));
        assert_eq!(host.run(host.event(2)), Ok(2), "the first event wakes the run that is over");
        assert_eq!(host.run(kept), Ok(1));
    }
}
