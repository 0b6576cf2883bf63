//! Stands before a provider on a lattice and measures what it answers. A host takes an answer apart before it sends it over a link,
//! which costs 40 bytes of its memory for each byte of binary data. So an answer that is too large becomes a short error here, in
//! the provider's own sandbox, before the host has seen it.
//!
//! It exports every capability: what the provider lacks is filled by `absent`, so that over the lattice "it has none" and "it is not
//! there" are different answers.

mod bindings;
mod capped;

use std::pin::pin;
use std::task::{Context as Task, Poll, Waker};

use contract::model::McpError;

use capped::Capped;

contract::serve!(Cap, capped, finish);

fn capped() -> Result<&'static Capped, McpError> {
    Ok(&Capped)
}

/// Drives a future that waits for nothing but the provider, whose calls return when they are done.
fn finish<T>(future: impl Future<Output = Result<T, McpError>>) -> Result<T, McpError> {
    match pin!(future).poll(&mut Task::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(McpError::Internal("the cap waits for something that nobody does".to_owned())),
    }
}
