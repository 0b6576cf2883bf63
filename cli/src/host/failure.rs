//! A call that ended without an answer, and what is said of it.

use std::time::Duration;

use contract::model::McpError;
use wasmtime::{PoolConcurrencyLimitError, Trap};
use wasmtime_wasi::I32Exit;

use super::grant::Grant;
use super::limits::Size;

/// Why a component gave no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The time was over.
    Late,
    /// It waited for others for so long.
    Waited(Duration),
    /// It passed its memory limit, with the trap that followed.
    Memory(wasmtime::Error),
    /// It handed over more than its limit.
    Result,
    /// The pool has no room left.
    Full,
    /// It ended itself.
    Exited(i32),
    /// It trapped, or broke the contract.
    Broken(wasmtime::Error),
}

/// What wasmtime says when the fuel for values that cross to the host is used up; the error has no public type.
const TOO_MUCH: &str = "too much data is being copied between the host and the guest";

/// What kind of failure an error of wasmtime is.
pub(crate) fn failure(error: wasmtime::Error, memory_exhausted: bool) -> Failure {
    if matches!(error.downcast_ref::<Trap>(), Some(Trap::Interrupt)) {
        Failure::Late
    } else if let Some(I32Exit(status)) = error.downcast_ref::<I32Exit>() {
        Failure::Exited(*status)
    } else if error.is::<PoolConcurrencyLimitError>() {
        Failure::Full
    } else if error.chain().any(|cause| cause.to_string().starts_with(TOO_MUCH)) {
        Failure::Result
    } else if memory_exhausted {
        Failure::Memory(error)
    } else {
        Failure::Broken(error)
    }
}

impl Failure {
    /// What kind of failure it was, for the sentence "NAME …". Nothing of the component's inside is in it.
    pub(crate) fn describe(&self, grant: &Grant, own_time: bool) -> String {
        let limits = &grant.limits;
        match self {
            Self::Late if own_time => format!("passed its time limit of {:?}", limits.time),
            Self::Late => "passed the deadline of the call".to_owned(),
            Self::Waited(time) => format!("gave no whole answer within {time:?}, waiting included"),
            Self::Memory(_) => format!("passed its memory limit of {}", Size(limits.memory)),
            Self::Result => format!("handed over more than its result limit of {}", Size(limits.result)),
            Self::Full => "has no room to run in now".to_owned(),
            Self::Exited(status) => format!("ended itself with status {status} instead of answering"),
            Self::Broken(error) => match error.downcast_ref::<Trap>() {
                Some(trap) => trap.to_string().replace("wasm trap:", "trapped:"),
                None => "broke its contract with the host".to_owned(),
            },
        }
    }

    /// Logs the failure in full, once, and makes the error that the caller gets.
    pub(crate) fn report(self, grant: &Grant, own_time: bool) -> McpError {
        let (name, said) = (&grant.name, self.describe(grant, own_time));
        match &self {
            // The causes and the backtrace.
            Self::Memory(error) | Self::Broken(error) => grant.log.write(format_args!("{said}\n{error:?}")),
            _ => grant.log.write(&said),
        }
        match self {
            Self::Late if !own_time => McpError::DeadlineExceeded,
            Self::Full => McpError::Unavailable(Some(1000)),
            _ => McpError::Internal(format!("provider `{name}` {said}")),
        }
    }
}
