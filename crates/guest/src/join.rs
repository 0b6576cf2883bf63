//! Several futures at once.

use std::future::poll_fn;
use std::task::Poll;

/// Runs the futures at once, and returns their outputs in the order of the futures. Each poll polls all that are not done,
/// which for the few requests of a call is less work than to know which of them was woken.
pub async fn join_all<F: Future>(futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    join_at_most(usize::MAX, futures).await
}

/// Runs the futures as [`join_all`] does, at most so many of them at the same time: the others start in their order, each when
/// one is done. The limit is at least one.
pub async fn join_at_most<F: Future>(limit: usize, futures: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let mut running: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(|task| {
        let mut pending = 0_usize;
        for (future, output) in running.iter_mut().filter(|(_, output)| output.is_none()) {
            match future.as_mut().poll(task) {
                Poll::Ready(ready) => *output = Some(ready),
                Poll::Pending => pending = pending.saturating_add(1),
            }
            if pending >= limit {
                break;
            }
        }
        if pending == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
    running.into_iter().filter_map(|(_, output)| output).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_future_starts_when_one_of_those_before_it_is_done() {
        let (started, done) = (Cell::new(0), Cell::new(0));
        let future = |number: u32| {
            let mut is_started = false;
            let (started, done) = (&started, &done);
            poll_fn(move |_| {
                if !std::mem::replace(&mut is_started, true) {
                    started.update(|started| started + 1);
                }
                if number <= done.get() { Poll::Ready(number) } else { Poll::Pending }
            })
        };
        let mut all = pin!(join_at_most(2, (1..=4).map(future)));
        let mut task = Context::from_waker(Waker::noop());
        for (is_done, expected) in [(0, 2), (0, 2), (1, 3), (2, 4)] {
            done.set(is_done);
            assert_eq!(all.as_mut().poll(&mut task), Poll::Pending);
            assert_eq!(started.get(), expected, "{is_done} of them done");
        }
        done.set(4);
        assert_eq!(all.as_mut().poll(&mut task), Poll::Ready(vec![1, 2, 3, 4]));
    }
}
