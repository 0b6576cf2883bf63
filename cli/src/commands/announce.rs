//! What `wasmcp serve` says when it is ready.

use std::net::SocketAddr;

use contract::model::Context;
use serde_json::json;

/// Says what is served where, and how a client is configured for it.
pub(crate) fn announce(served: &str, address: SocketAddr) {
    let url = format!("http://{}/mcp", reachable(address));
    println!("wasmcp: serving {served} at {url}");
    println!("{}", json!({ "mcpServers": { "wasmcp": { "type": "http", "url": url } } }));
}

/// An address that a client on this machine can use: one cannot connect to "all addresses".
fn reachable(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { [0, 0, 0, 0, 0, 0, 0, 1].into() });
    }
    address
}

/// The context of what no client asked for.
pub(crate) fn nobody() -> Context {
    Context::internal("start".to_owned(), 10_000)
}
