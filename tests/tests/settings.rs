//! Tests of the server's own settings, which each shell takes in its own way.

#![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

use wasmcp_tests::{Request, Server, Setup, Shell};

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

#[test]
fn more_hosts_and_more_pages_can_be_allowed() {
    let setup = Setup::of(&["calculator"]).set("transport", "allowed-hosts", "mcp.example.com").set(
        "transport",
        "allowed-origins",
        "https://app.example.com",
    );
    for shell in Shell::ALL {
        let server = Server::start(shell, &setup).unwrap();
        for (header, status) in [
            ("host: mcp.example.com", 200),
            ("host: other.example.com", 403),
            ("origin: https://app.example.com", 200),
            ("origin: https://other.example.com", 403),
        ] {
            let reply = server.send(&Request::legacy(PING).header(header)).unwrap();
            assert_eq!(reply.status, status, "{shell}, {header}: {}", reply.text());
        }
    }
}

/// `wasmcp serve` refuses the same at start (`command_line.rs`); a composed file runs no code before its first request.
#[test]
fn one_file_with_a_value_that_cannot_be_used_says_which_and_serves_nothing() {
    let setup = Setup::of(&["calculator"]).set("transport", "body-limit", "plenty");
    let server = Server::listening(Shell::Composed, &setup).unwrap();
    for (request, status) in [
        (Request::new("GET", "/healthz"), 200),
        (Request::new("GET", "/readyz"), 503),
        (Request::call("add", r#"{"a":2,"b":3}"#), 503),
    ] {
        let reply = server.send(&request).unwrap();
        assert_eq!(reply.status, status, "{}: {}", request.line, reply.text());
        assert_eq!(reply.text().contains("`transport.body-limit`"), status == 503, "{}", reply.text());
        assert!(!reply.text().contains("plenty"), "{}", reply.text());
    }
}
