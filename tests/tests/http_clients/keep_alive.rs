//! Connections that one side closes: the server one that is idle, or the client its own side.

use std::io::Read;
use std::net::Shutdown;
use std::process::Command;
use std::time::Duration;

use wasmcp_tests::{Request, Server, Setup, Shell};

use crate::{client, printed};

#[test]
fn a_client_of_node_goes_on_after_the_server_has_closed_its_idle_connection() {
    let server = Server::start(Shell::Native, &Setup::of(&["calculator"]).flags(&["--keep-alive", "1s"])).unwrap();
    let mut command = Command::new("node");
    let said = printed(command.arg(client("http/keep_alive.mjs")).arg(format!("http://{}/mcp", server.addr)));
    assert_eq!(said.trim(), "200 200 200 200 200");
}

/// Before 2026-07-28: since then the end of the client's side is a cancellation.
#[test]
fn a_client_that_closes_its_side_after_its_request_gets_the_answer() {
    for shell in [Shell::Native, Shell::Hosted] {
        let server = Server::start(shell, &Setup::of(&["calculator"])).unwrap();
        let mut stream = Request::call("add", r#"{"a":2,"b":3}"#).begin(server.addr).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.contains(r#""structuredContent":{"result":5}"#), "{shell}: {answer}");
    }
}
