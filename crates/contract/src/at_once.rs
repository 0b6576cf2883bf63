use std::pin::pin;
use std::task::{Context as Task, Poll, Waker};

use crate::model::McpError;

/// Drives a future that waits for nothing but imports, whose calls return when they are done: it is done at once.
pub fn at_once<T>(future: impl Future<Output = Result<T, McpError>>) -> Result<T, McpError> {
    match pin!(future).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(McpError::Internal("a component waits for something that nobody does".to_owned())),
    }
}
