//! The time of one call: when it has to yield to others, and when it is over. That is seen while the component computes; a call that waits
//! is ended by `sandbox.rs`.

use std::time::{Duration, Instant};

use wasmtime::{Store, UpdateDeadline};

use super::fairness::should_yield;
use crate::host::engine::TICK;

/// How long a call may run.
#[derive(Clone, Copy)]
pub(crate) enum TimeBudget {
    /// The call may run until this moment, waiting included.
    Until(Instant),
    /// The call may compute for this long; waiting does not count.
    Computing(Duration),
}

impl TimeBudget {
    /// When the call is over, if waiting counts.
    pub(super) fn deadline(self) -> Option<Instant> {
        match self {
            Self::Until(deadline) => Some(deadline),
            Self::Computing(_) => None,
        }
    }

    /// Makes the call yield to others when it computes for long, and trap when its time is used up. Both are decided at every tick of
    /// the engine that finds the component computing.
    pub(super) fn start<T>(self, store: &mut Store<T>) {
        let mut computed = Duration::ZERO;
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            let yields = should_yield();
            let is_over = match self {
                Self::Until(deadline) => Instant::now() >= deadline,
                Self::Computing(limit) => {
                    // A call that computes yields at every second tick.
                    computed = computed.saturating_add(if yields { TICK * 2 } else { Duration::ZERO });
                    computed >= limit
                }
            };
            Ok(match (is_over, yields) {
                (true, _) => UpdateDeadline::Interrupt,
                (false, true) => UpdateDeadline::Yield(1),
                (false, false) => UpdateDeadline::Continue(1),
            })
        });
    }
}
