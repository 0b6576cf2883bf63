//! Stands before a provider on a lattice and measures what it answers. A host takes an answer apart before it sends it over a link,
//! which costs 40 bytes of its memory for each byte of binary data. So an answer that is too large becomes a short error here, in
//! the provider's own sandbox, before the host has seen it.
//!
//! It exports every capability: what the provider lacks is filled when it is composed, so that over the lattice "it has none" and "it is not
//! there" are different answers.

mod bindings;
mod capped;

use contract::model::McpError;

use capped::Capped;

contract::import_functions!(crate::bindings::wasmcp::mcp);
contract::export_provider!(Cap, capped, contract::poll_ready_now);

fn capped() -> Result<&'static Capped, McpError> {
    Ok(&Capped)
}
