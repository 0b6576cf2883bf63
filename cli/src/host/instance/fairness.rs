//! Fair use of the cores: a component that computes for long yields to other calls, and moves to a thread of its own.

use std::cell::Cell;
use std::future::poll_fn;
use std::num::NonZero;
use std::pin::pin;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::task::Poll;
use std::thread;
use std::time::{Duration, Instant};

use tokio::task::block_in_place;

/// How many ticks there have been, of all engines: a clock that costs nothing to read.
static TICKS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// The tick at which the call that runs on this thread was last polled.
    static POLLED_AT: Cell<u64> = const { Cell::new(0) };
    /// Whether that call has computed for more than a whole tick since it was last polled.
    static COMPUTED: Cell<bool> = const { Cell::new(false) };
}

/// Moves the clock on by one tick.
pub(crate) fn count_tick() {
    TICKS.fetch_add(1, Ordering::Relaxed);
}

/// Whether the call on this thread should yield. The epoch callback of a store asks this at every tick that the component
/// notices. A call that was waiting, and is polled again many ticks later, has not computed in between.
pub(crate) fn should_yield() -> bool {
    // The first tick may have come just after the call was polled.
    let computed = TICKS.load(Ordering::Relaxed).wrapping_sub(POLLED_AT.get()) >= 2;
    COMPUTED.set(computed);
    computed
}

/// For how many ticks a call that computes keeps its thread. Then the runtime may end it, if it is not waited for any longer; each time,
/// another thread takes the place of the one that the call leaves, and quick calls may wait for that.
const TICKS_APART: u64 = 32;

/// A call that computes for so long at once keeps others waiting: they take some hundredths of a millisecond.
const LONG: Duration = Duration::from_micros(500);

/// How long the calls of a component computed until now.
#[derive(Default)]
pub(crate) struct ComputeHistory {
    /// What long polls have added, and short ones have taken away again. Two threads may lose some of it, which does not matter.
    score: AtomicU32,
}

impl ComputeHistory {
    /// What a long poll adds; a short one takes 1 away. A thread that loses its core for a while looks like a long poll, but not once in sixteen
    /// times.
    const LONG_POLL: u32 = 16;
    const MOST: u32 = 256;

    /// Whether a call is expected to compute for long.
    fn is_long(&self) -> bool {
        self.score.load(Ordering::Relaxed) > Self::LONG_POLL
    }

    fn add(&self, is_long: bool) {
        let score = self.score.load(Ordering::Relaxed);
        let next = if is_long { (score + Self::LONG_POLL).min(Self::MOST) } else { score.saturating_sub(1) };
        // Other threads read it as well, and most calls leave it as it is.
        if next != score {
            self.score.store(next, Ordering::Relaxed);
        }
    }
}

/// How many calls are being polled that are expected to compute for long.
static LONG_CALLS: AtomicUsize = AtomicUsize::new(0);

/// The poll of a call that is expected to compute for long.
struct LongPoll {
    /// Whether it may have a thread of the runtime: there is another one, and no other such call. With another thread each time, as the others have
    /// them, a quick call sometimes waits until the thread that takes over runs.
    is_alone: bool,
}

impl LongPoll {
    fn begin() -> Self {
        static THREADS: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, NonZero::get));
        Self { is_alone: LONG_CALLS.fetch_add(1, Ordering::Relaxed) == 0 && *THREADS > 1 }
    }
}

impl Drop for LongPoll {
    fn drop(&mut self) {
        LONG_CALLS.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Runs a call. One that has just computed for long is polled outside the runtime's own threads, so that the operating system shares the cores
/// fairly and no quick call waits for a slow one. So is one that is expected to, where it is not the only one; and so is what the host does
/// with its answer before it next waits.
pub(crate) async fn run_cooperatively<T>(call: impl Future<Output = T>, history: &ComputeHistory) -> T {
    let mut call = pin!(call);
    let mut computes = false;
    poll_fn(|context| {
        let mut poll = || {
            COMPUTED.set(false);
            POLLED_AT.set(TICKS.load(Ordering::Relaxed));
            call.as_mut().poll(context)
        };
        let began = Instant::now();
        let long = (computes || history.is_long()).then(LongPoll::begin);
        let polled = match &long {
            None => poll(),
            Some(long) if long.is_alone && !computes => poll(),
            Some(_) => block_in_place(|| poll_apart(poll)),
        };
        history.add(began.elapsed() >= LONG);
        computes = COMPUTED.get();
        polled
    })
    .await
}

/// Polls a call again and again as long as it computes, but not for ever.
fn poll_apart<T>(mut poll: impl FnMut() -> Poll<T>) -> Poll<T> {
    let began = TICKS.load(Ordering::Relaxed);
    loop {
        let polled = poll();
        let is_due = TICKS.load(Ordering::Relaxed).wrapping_sub(began) >= TICKS_APART;
        if polled.is_ready() || is_due || !COMPUTED.get() {
            return polled;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_expected_to_compute_for_long_where_more_than_one_in_sixteen_did() {
        for (every, expected) in [(1, true), (2, true), (10, true), (20, false), (1000, false)] {
            let history = ComputeHistory::default();
            (0..1000).for_each(|call| history.add(call % every == 0));
            assert_eq!(history.is_long(), expected, "one in {every}");
            (0..ComputeHistory::MOST).for_each(|_| history.add(false));
            assert!(!history.is_long(), "no longer: one in {every}");
        }
    }

    #[test]
    fn a_call_that_computes_is_polled_again_but_not_for_ever() {
        for (computes, polls) in [(5, 6), (u64::MAX, TICKS_APART)] {
            let mut polled = 0;
            let answer = poll_apart(|| {
                polled += 1;
                count_tick();
                COMPUTED.set(polled <= computes);
                if COMPUTED.get() { Poll::Pending } else { Poll::Ready(()) }
            });
            assert_eq!(answer.is_ready(), computes == 5);
            // Other tests count ticks, too.
            assert!(polled <= polls, "{polled}");
        }
    }
}
