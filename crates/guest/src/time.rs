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

    /// The output of the future, or `None` if it is not done in time. A future that is done at the deadline is in time.
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

/// The output of the future, unless the timer is over before.
async fn before<T>(future: impl Future<Output = T>, timer: impl Future<Output = ()>) -> Option<T> {
    let (mut future, mut timer) = (pin!(future), pin!(timer));
    poll_fn(|task| match future.as_mut().poll(task) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(task).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::future::{pending, ready};
    use std::task::{Context, Waker};

    use super::*;

    #[test]
    fn a_future_that_is_done_at_the_deadline_is_in_time_and_one_that_is_not_is_late() {
        let mut task = Context::from_waker(Waker::noop());
        assert_eq!(pin!(before(ready(1), ready(()))).poll(&mut task), Poll::Ready(Some(1)));
        assert_eq!(pin!(before(ready(1), pending())).poll(&mut task), Poll::Ready(Some(1)));
        assert_eq!(pin!(before(pending::<()>(), ready(()))).poll(&mut task), Poll::Ready(None));
        assert_eq!(pin!(before(pending::<()>(), pending())).poll(&mut task), Poll::Pending);
    }
}
