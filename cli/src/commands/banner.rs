//! What `wasmcp serve` prints when it is ready.

use std::net::SocketAddr;

use serde_json::json;

use crate::log::report_in_background;

/// Prints what is served and where, and the configuration for a client. A reader that is slow delays nothing.
pub(super) fn print_banner(served: &str, address: SocketAddr) {
    let url = format!("http://{}/mcp", reachable(address));
    let configuration = json!({ "mcpServers": { "wasmcp": { "type": "http", "url": url } } });
    report_in_background(format!("wasmcp: serving {served} at {url}\n{configuration}"));
}

/// An address that a client on this machine can connect to: the unspecified address means all addresses, and is none of them.
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { [0, 0, 0, 0, 0, 0, 0, 1].into() });
    }
    address
}
