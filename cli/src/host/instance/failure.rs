//! Calls that ended without a result: why, what is logged, and the error that the caller gets.

use std::time::Duration;

use contract::model::McpError;
use tracing::Level;
use wasmtime::{PoolConcurrencyLimitError, Trap};
use wasmtime_wasi::I32Exit;

use super::limits::Size;
use super::memory_limit::Shortage;
use crate::host::grant::Grant;
use crate::log::one_line;

/// Why a component returned no result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The time budget was used up.
    TimedOut,
    /// The component of a composed file did not finish within this time, waiting included.
    Waited(Duration),
    /// The component exceeded its memory limit; the error is the trap that followed.
    Memory(wasmtime::Error),
    /// All calls together used the memory that there is for them; the error is the trap that followed.
    NoMemory(wasmtime::Error),
    /// The component passed more to the host at once than its result limit: as its result, or as arguments of a call of the host.
    TransferTooLarge,
    /// The answer of a composed file, or an event of it, was larger than its result limit.
    AnswerTooLarge,
    /// The pool of instances is at capacity.
    AtCapacity,
    /// The component called `exit` with this status.
    Exited(i32),
    /// The component trapped, or broke the contract.
    Trapped(wasmtime::Error),
}

/// The start of wasmtime's message when the fuel for values that cross to the host is used up; the error has no public type.
const OUT_OF_HOSTCALL_FUEL: &str = "too much data is being copied between the host and the guest";

/// Tells which kind of failure an error of wasmtime is.
pub(crate) fn classify(error: wasmtime::Error, shortage: Option<Shortage>) -> Failure {
    if matches!(error.downcast_ref::<Trap>(), Some(Trap::Interrupt)) {
        Failure::TimedOut
    } else if let Some(I32Exit(status)) = error.downcast_ref::<I32Exit>() {
        Failure::Exited(*status)
    } else if error.is::<PoolConcurrencyLimitError>() {
        Failure::AtCapacity
    } else if error.chain().any(|cause| cause.to_string().starts_with(OUT_OF_HOSTCALL_FUEL)) {
        Failure::TransferTooLarge
    } else {
        match shortage {
            Some(Shortage::OfCall) => Failure::Memory(error),
            Some(Shortage::OfAll) => Failure::NoMemory(error),
            None => Failure::Trapped(error),
        }
    }
}

impl Failure {
    /// Describes the failure as the predicate of a sentence whose subject is the component. The description has no internals of the
    /// component, such as a backtrace. `own_time` says whether the time limit was the component's own, and not the caller's.
    pub(crate) fn describe(&self, grant: &Grant, own_time: bool) -> String {
        let limits = &grant.limits;
        let option = |name| if grant.names_options { format!(" (`{name}`)") } else { String::new() };
        match self {
            Self::TimedOut if own_time => {
                format!("exceeded its time limit of {:?}{}", limits.time, option("--limit-time"))
            }
            Self::TimedOut => format!("exceeded the deadline of the call{}", option("transport.call-timeout-ms")),
            Self::Waited(time) => format!("did not finish its answer within {time:?}, waiting included"),
            Self::Memory(_) => {
                format!("exceeded its memory limit of {}{}", Size(limits.memory), option("--limit-memory"))
            }
            Self::NoMemory(_) => format!(
                "found no memory: all calls together may use {}{}",
                Size(grant.memory.limit()),
                option("--max-memory")
            ),
            Self::TransferTooLarge => {
                format!("passed more than {} to the host at once{}", Size(limits.result), option("--limit-result"))
            }
            Self::AnswerTooLarge => {
                format!("answered with more than {}{}", Size(limits.result), option("--limit-result"))
            }
            Self::AtCapacity => format!("is at capacity{}", option("--max-concurrent")),
            Self::Exited(status) => format!("exited with status {status} instead of returning a result"),
            Self::Trapped(error) => match error.downcast_ref::<Trap>() {
                Some(trap) => trap.to_string().replace("wasm trap:", "trapped:"),
                None => "broke its contract with the host".to_owned(),
            },
        }
    }

    /// Logs the failure once, with its causes, and returns the error that the caller gets. `request` is the id of the request, and
    /// `last_line` what the component printed last, which a client on this machine is told.
    pub(crate) fn report(
        self,
        grant: &Grant,
        own_time: bool,
        request: Option<&str>,
        last_line: Option<String>,
    ) -> McpError {
        let (name, description) = (&grant.name, self.describe(grant, own_time));
        match &self {
            // The causes and the backtrace.
            Self::Memory(error) | Self::NoMemory(error) | Self::Trapped(error) => {
                grant.log.failed(Level::ERROR, request, format_args!("{description}\n{error:?}"));
            }
            _ => grant.log.failed(Level::WARN, request, &description),
        }
        match (self, last_line.filter(|_| grant.tells_last_line)) {
            (Self::TimedOut, _) if !own_time => McpError::DeadlineExceeded,
            (Self::AtCapacity, _) => McpError::Unavailable(Some(1000)),
            (Self::Memory(_) | Self::Exited(_) | Self::Trapped(_), Some(line)) => McpError::Internal(format!(
                "provider `{name}` {description}; the last line that it printed: {}",
                one_line(&line)
            )),
            _ => McpError::Internal(format!("provider `{name}` {description}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_option_that_sets_a_limit_where_the_command_has_it() {
        let error = || wasmtime::Error::msg("trap");
        let failures = [
            (Failure::TimedOut, "--limit-time"),
            (Failure::Memory(error()), "--limit-memory"),
            (Failure::NoMemory(error()), "--max-memory"),
            (Failure::TransferTooLarge, "--limit-result"),
            (Failure::AnswerTooLarge, "--limit-result"),
            (Failure::AtCapacity, "--max-concurrent"),
        ];
        for names_options in [true, false] {
            let grant = Grant { names_options, ..Grant::nothing("test") };
            for (failure, option) in &failures {
                let said = failure.describe(&grant, true);
                assert_eq!(said.contains(&format!("(`{option}`)")), names_options, "{said}");
                assert_eq!(said.contains("--"), names_options, "{said}");
            }
            let said = Failure::TimedOut.describe(&grant, false);
            assert_eq!(said.contains("(`transport.call-timeout-ms`)"), names_options, "{said}");
        }
    }
}
