//! What `wasmcp serve` prints when it is ready.

use std::net::SocketAddr;

use serde_json::json;

use crate::host::Size;
use crate::log::report_in_background;

/// What runs at once at most, which the machine has to be large enough for.
pub(super) struct Maximum {
    /// Calls of each component.
    pub(super) calls: u32,
    /// Bytes of memory of all calls together.
    pub(super) memory: usize,
}

/// Prints what is served and where, who may call if not every client may, and the configuration for a client. A reader that is slow delays
/// nothing.
pub(super) fn print_banner(served: &str, protection: Option<&str>, address: SocketAddr, maximum: &Maximum) {
    let url = format!("http://{}/mcp", reachable(address));
    let configuration = json!({ "mcpServers": { "wasmcp": { "type": "http", "url": url } } });
    let (calls, memory) = (maximum.calls, Size(maximum.memory));
    let protection = protection.map(|protection| format!("wasmcp: {protection}\n")).unwrap_or_default();
    report_in_background(format!(
        "wasmcp: calls at once: up to {calls} of each component (`--max-concurrent`), with {memory} of memory together (`--max-memory`)\n\
         wasmcp: serving {served} at {url}\n{protection}{configuration}"
    ));
}

/// An address that a client on this machine can connect to: the unspecified address means all addresses, and is none of them.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { [0, 0, 0, 0, 0, 0, 0, 1].into() });
    }
    address
}
