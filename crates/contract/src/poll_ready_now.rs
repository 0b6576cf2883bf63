//! Runs a future that never waits.

use std::pin::pin;
use std::task::{Context as Task, Poll, Waker};

use crate::model::McpError;

/// Runs a future in a component whose only awaits are imports: an import has its answer when it returns, so the future is done when it
/// is polled once. An error of kind `internal` where it is not.
pub fn poll_ready_now<T>(future: impl Future<Output = Result<T, McpError>>) -> Result<T, McpError> {
    match pin!(future).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(McpError::Internal("deadlock: the future is pending and nothing will wake it".to_owned())),
    }
}
