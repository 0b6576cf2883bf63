//! What `wasmcp serve` prints when it is ready.

use std::net::SocketAddr;

use serde_json::json;

use crate::host::Size;

/// Prints what is served and where, and the configuration for a client.
pub(super) fn print_banner(served: &str, address: SocketAddr) {
    let url = format!("http://{}/mcp", reachable(address));
    println!("wasmcp: serving {served} at {url}");
    println!("{}", json!({ "mcpServers": { "wasmcp": { "type": "http", "url": url } } }));
}

/// Prints what runs at once at most, which the machine has to be large enough for.
pub(super) fn print_limits(calls: u32, memory: usize) {
    println!(
        "wasmcp: calls at once: up to {calls} of each component (`--max-concurrent`), with {} of memory together (`--max-memory`)",
        Size(memory)
    );
}

/// An address that a client on this machine can connect to: the unspecified address means all addresses, and is none of them.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { [0, 0, 0, 0, 0, 0, 0, 1].into() });
    }
    address
}
