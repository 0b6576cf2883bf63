//! Calls that have no result, as errors that say whether the function may have run.

use contract::model::McpError;

use crate::rpc::RpcError;

/// After how many milliseconds a client may try again what certainly did not run.
const TRY_AGAIN_MS: u32 = 1000;

/// Why a call has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) error: RpcError,
    /// False only if it is certain that the function has not run.
    pub(crate) may_have_run: bool,
}

impl Failure {
    /// A failure before the function could run.
    pub(crate) fn before_run(error: RpcError) -> Self {
        Self { error, may_have_run: false }
    }

    /// A failure after which the function may have run.
    pub(crate) fn unknown_outcome(error: RpcError) -> Self {
        Self { error, may_have_run: true }
    }

    /// The error of a call that may run again: it does not matter whether it has run.
    pub(crate) fn of_repeatable(self, provider: &str) -> McpError {
        match self.error {
            RpcError::NoInstance | RpcError::NotAccepted => McpError::Unavailable(Some(TRY_AGAIN_MS)),
            RpcError::TimedOut => McpError::DeadlineExceeded,
            error => McpError::Internal(format!("provider `{provider}`: {error}")),
        }
    }

    /// The error of a tool that may run once only.
    pub(crate) fn of_tool(self, provider: &str, tool: &str) -> McpError {
        match self.may_have_run {
            false => self.of_repeatable(provider),
            true => McpError::Internal(format!(
                "provider `{provider}`: {}. The tool `{tool}` may have run: find out before you call it again",
                self.error
            )),
        }
    }
}
