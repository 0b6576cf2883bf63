//! How long a call computes. Its waiting does not count, and neither does the time in which other threads have the core: what counts is the
//! CPU time of the thread that polls the call, from the beginning to the end of each poll.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// The time that one call may compute, and what it has used of it. However short its polls are, each counts.
pub(crate) struct ComputeTime {
    limit: Duration,
    /// The CPU time of the polls that have ended, in nanoseconds.
    ended_polls: AtomicU64,
    /// The clock of the thread at the beginning of the poll that runs, in nanoseconds.
    poll_began: AtomicU64,
}

impl ComputeTime {
    /// A call may compute for this long.
    pub(crate) fn of(limit: Duration) -> Arc<Self> {
        Arc::new(Self { limit, ended_polls: AtomicU64::new(0), poll_began: AtomicU64::new(0) })
    }

    /// Runs a call until its time is used up; then there is no output. A poll that computes for long is ended by the epoch, which asks
    /// [`is_used_up`](Self::is_used_up).
    pub(crate) async fn limit<T>(&self, call: impl Future<Output = T>) -> Option<T> {
        let mut call = pin!(call);
        poll_fn(|context| {
            self.poll_began.store(thread_time(), Ordering::Relaxed);
            let polled = call.as_mut().poll(context);
            let poll = thread_time().saturating_sub(self.poll_began.load(Ordering::Relaxed));
            let computed = self.ended_polls.fetch_add(poll, Ordering::Relaxed).saturating_add(poll);
            match polled {
                Poll::Pending if self.is_exceeded_by(computed) => Poll::Ready(None),
                polled => polled.map(Some),
            }
        })
        .await
    }

    /// Whether the call, which is being polled on this thread, has used up its time.
    pub(super) fn is_used_up(&self) -> bool {
        let poll = thread_time().saturating_sub(self.poll_began.load(Ordering::Relaxed));
        self.is_exceeded_by(self.ended_polls.load(Ordering::Relaxed).saturating_add(poll))
    }

    fn is_exceeded_by(&self, computed: u64) -> bool {
        Duration::from_nanos(computed) >= self.limit
    }
}

/// The CPU time that this thread has used, in nanoseconds.
fn thread_time() -> u64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    let nanoseconds = |number: i64| u64::try_from(number).unwrap_or_default();
    nanoseconds(time.tv_sec).saturating_mul(1_000_000_000).saturating_add(nanoseconds(time.tv_nsec))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A call that computes for a microsecond in each of its polls, and has so many of them.
    async fn short_polls(mut polls: u32) {
        poll_fn(|context| {
            let began = thread_time();
            while thread_time().saturating_sub(began) < 1_000 {}
            polls -= 1;
            context.waker().wake_by_ref();
            if polls == 0 { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    #[tokio::test]
    async fn the_shortest_polls_use_up_the_time_of_a_call() {
        for (polls, limit, end) in
            [(u32::MAX, Duration::from_millis(1), None), (10, Duration::from_secs(3600), Some(()))]
        {
            assert_eq!(ComputeTime::of(limit).limit(short_polls(polls)).await, end, "{polls}");
        }
    }

    #[tokio::test]
    async fn a_poll_during_which_others_have_the_core_counts_for_nothing() {
        let mut slept = false;
        let call = poll_fn(|context| match slept {
            true => Poll::Ready(()),
            false => {
                std::thread::sleep(Duration::from_millis(200));
                slept = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
        });
        assert_eq!(ComputeTime::of(Duration::from_millis(100)).limit(call).await, Some(()));
    }
}
