//! The bound of an evaluation: a number of steps. regorus asks a clock every so many steps; the clock here counts how often it was asked,
//! so that the same decision ends at the same step on every machine, and a component needs no clock.

use std::cell::Cell;
use std::num::NonZeroU32;
use std::time::Duration;

use regorus::utils::limits::{ExecutionTimerConfig, TimeSource, set_time_source};

/// How many steps the evaluation of one entry point may take. A step is an expression, a call or a turn of a loop.
pub const MAX_STEPS: u32 = 200_000;
/// How many steps are between two questions to the clock.
const STEPS_PER_CHECK: NonZeroU32 = match NonZeroU32::new(256) {
    Some(steps) => steps,
    None => NonZeroU32::MIN,
};

thread_local! {
    /// An evaluation stays on its thread.
    static CHECKS: Cell<u64> = const { Cell::new(0) };
}

struct CheckCounter;

impl TimeSource for CheckCounter {
    fn now(&self) -> Option<Duration> {
        let checks = CHECKS.get().wrapping_add(1);
        CHECKS.set(checks);
        Some(Duration::from_nanos(checks))
    }
}

/// The limit of an evaluation, for regorus.
pub(crate) fn limit() -> ExecutionTimerConfig {
    // It is set once for the process; the second time it is an error that it is set already.
    let _ = set_time_source(&CheckCounter);
    let checks = MAX_STEPS / STEPS_PER_CHECK;
    ExecutionTimerConfig { limit: Duration::from_nanos(u64::from(checks)), check_interval: STEPS_PER_CHECK }
}
