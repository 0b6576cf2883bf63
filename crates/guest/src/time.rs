//! Time: the host's monotonic clock, pauses and deadlines.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use wasi::clocks::monotonic_clock::{self, Instant};

use crate::executor::ready;

const NANOSECONDS_PER_MS: u64 = 1_000_000;

/// The time of the monotonic clock in milliseconds. Only differences of it mean anything.
pub fn now_ms() -> u64 {
    monotonic_clock::now() / NANOSECONDS_PER_MS
}

/// Waits for this many milliseconds.
pub async fn sleep_ms(ms: u32) {
    ready(monotonic_clock::subscribe_duration(nanoseconds(ms))).await;
}

/// A moment by which futures must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Instant);

impl Deadline {
    /// The deadline that is this many milliseconds from now.
    pub fn after_ms(ms: u32) -> Self {
        Self(monotonic_clock::now().saturating_add(nanoseconds(ms)))
    }

    /// The output of the future, or `None` if it is not done in time. A future that is done at the deadline is in time; one that would
    /// begin after it is not begun, so that it has no effect.
    pub async fn limit<T>(self, future: impl Future<Output = T>) -> Option<T> {
        before(future, async { ready(monotonic_clock::subscribe_instant(self.0)).await }).await
    }

    /// The nanoseconds that are left.
    pub(crate) fn remaining(self) -> u64 {
        self.0.saturating_sub(monotonic_clock::now())
    }
}

fn nanoseconds(ms: u32) -> u64 {
    u64::from(ms) * NANOSECONDS_PER_MS
}

/// The output of the future, unless the timer is over before. The future is not begun if the timer is over already.
async fn before<T>(future: impl Future<Output = T>, timer: impl Future<Output = ()>) -> Option<T> {
    let (mut future, mut timer) = (pin!(future), pin!(timer));
    if poll_fn(|task| Poll::Ready(timer.as_mut().poll(task).is_ready())).await {
        return None;
    }
    poll_fn(|task| match future.as_mut().poll(task) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(task).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::future::{pending, ready};
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_future_that_is_done_at_the_deadline_is_in_time_and_one_that_is_not_is_late() {
        let over = Cell::new(false);
        let event = || poll_fn(|_| if over.get() { Poll::Ready(()) } else { Poll::Pending });
        let mut task = Context::from_waker(Waker::noop());
        let (mut in_time, mut late) = (pin!(before(event(), event())), pin!(before(pending::<()>(), event())));
        assert_eq!(in_time.as_mut().poll(&mut task), Poll::Pending);
        assert_eq!(late.as_mut().poll(&mut task), Poll::Pending);
        assert_eq!(pin!(before(ready(1), pending())).poll(&mut task), Poll::Ready(Some(1)));
        over.set(true);
        assert_eq!(in_time.as_mut().poll(&mut task), Poll::Ready(Some(())));
        assert_eq!(late.as_mut().poll(&mut task), Poll::Ready(None));
    }

    #[test]
    fn a_future_is_not_begun_after_the_deadline() {
        let mut task = Context::from_waker(Waker::noop());
        let effect = async { panic!("it was begun") };
        assert_eq!(pin!(before::<()>(effect, ready(()))).poll(&mut task), Poll::Ready(None));
    }
}
