//! The server as a resource server of OAuth 2.1, with real authorization servers and real clients.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod audience_validation;
mod canary;
mod check;
mod clients;
mod keycloak;
mod recipes;
mod rotation;
mod scope_challenge;
mod tokens;

use serde_json::{Value, json};
use std::net::SocketAddr;

use wasmcp_tests::{Reply, Request, Setup};

/// A server of these providers at this address whose tokens come from this issuer, which is on this machine.
fn protected(providers: &[&str], addr: SocketAddr, issuer: &str) -> Setup {
    Setup::of(providers).at(addr).set("auth", "issuers", issuer).set("auth", "resource", &resource(addr)).set(
        "auth",
        "loopback-http",
        "true",
    )
}

/// The URL of a server, which is the audience of its tokens.
fn resource(addr: SocketAddr) -> String {
    format!("http://{addr}/mcp")
}

/// A call of `add`, with a token.
fn add_with(token: &str) -> Request {
    Request::of("2026-07-28", "tools/call", json!({ "name": "add", "arguments": { "a": 2, "b": 3 } })).bearer(token)
}

/// A parameter of the challenge in `WWW-Authenticate`, which is a quoted string without escapes.
fn challenge<'a>(reply: &'a Reply, parameter: &str) -> Option<&'a str> {
    let parameters = reply.header("www-authenticate")?.strip_prefix("Bearer ")?;
    let (_, rest) = parameters
        .split_once(&format!("{parameter}=\""))
        .filter(|(before, _)| before.is_empty() || before.ends_with(' '))?;
    rest.split('"').next()
}

/// The scopes of the challenge, sorted.
fn challenged_scopes(reply: &Reply) -> Vec<&str> {
    let mut scopes: Vec<_> = challenge(reply, "scope").unwrap_or_default().split(' ').collect();
    scopes.sort_unstable();
    scopes
}

/// Whether the answer is the sum that `add_with` asks for.
fn is_sum(reply: &Reply) -> bool {
    let sum = |answer: &Value| answer.pointer("/result/structuredContent/result").and_then(Value::as_f64) == Some(5.0);
    reply.status == 200 && reply.json().is_ok_and(|answer| sum(&answer))
}
