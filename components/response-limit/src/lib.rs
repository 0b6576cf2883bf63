//! Stands before a provider on a lattice and limits the size of its answers.
//!
//! A host takes an answer apart before it sends it over a link, which costs 40 bytes of the host's memory for each byte of binary data. So
//! an answer that is too large becomes a short error here, in the provider's own sandbox, before the host has seen it.
//!
//! It exports every interface of the contract. `compose` fills those that the provider lacks, so that over the lattice "the provider does
//! not offer this" and "no instance is running" are different answers.

mod bindings;
mod limited_provider;

use contract::model::McpError;

use limited_provider::LimitedProvider;

/// It uses the memory that an instance starts with. The allocator of the standard library would let every call grow it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

contract::import_functions!(crate::bindings::wasmcp::mcp);
contract::export_provider!(Component, provider, contract::poll_ready_now);

fn provider() -> Result<&'static LimitedProvider, McpError> {
    Ok(&LimitedProvider)
}
