//! The time of one call: when it has to yield to others, and when it is over. That is seen while the component computes; a call that waits
//! is ended by `sandbox.rs`, and one that computes for short times alone by `compute_time.rs`.

use std::sync::Arc;
use std::time::Instant;

use wasmtime::{Store, UpdateDeadline};

use super::compute_time::ComputeTime;
use super::fairness::should_yield;

/// How long a call may run.
pub(crate) enum TimeLimit {
    /// The call may run until this moment, waiting included.
    Until(Instant),
    /// The call may compute for so long; waiting does not count.
    Computing(Arc<ComputeTime>),
}

impl TimeLimit {
    /// When the call is over, if waiting counts.
    pub(super) fn deadline(&self) -> Option<Instant> {
        match self {
            Self::Until(deadline) => Some(*deadline),
            Self::Computing(_) => None,
        }
    }

    /// Makes the call yield to others when it computes for long, and trap when its time is used up. Both are decided at every tick of
    /// the engine that finds the component computing.
    pub(super) fn start<T>(self, store: &mut Store<T>) {
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(move |_| {
            let is_over = match &self {
                Self::Until(deadline) => Instant::now() >= *deadline,
                Self::Computing(time) => time.is_used_up(),
            };
            Ok(match (is_over, should_yield()) {
                (true, _) => UpdateDeadline::Interrupt,
                (false, true) => UpdateDeadline::Yield(1),
                (false, false) => UpdateDeadline::Continue(1),
            })
        });
    }
}
