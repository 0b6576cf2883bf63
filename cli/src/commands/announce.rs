//! What `wasmcp serve` says when it is ready.

use std::net::SocketAddr;

use contract::model::{ClientCapabilities, ClientFeatures, Context};
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
    Context {
        call_id: "start".to_owned(),
        attempt: 1,
        protocol_version: "2026-07-28".to_owned(),
        client: None,
        capabilities: ClientCapabilities {
            features: ClientFeatures::empty(),
            extensions: Vec::new(),
            experimental: Vec::new(),
            extra: None,
        },
        principal: None,
        trace: None,
        log_level: None,
        progress_wanted: false,
        remaining_ms: 10_000,
        meta: None,
        extra: None,
    }
}
