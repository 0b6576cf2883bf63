//! Connections that a client keeps, and the server closes.

use std::process::Command;

use wasmcp_tests::{Server, Setup, Shell};

use crate::{client, printed};

#[test]
fn a_client_of_node_goes_on_after_the_server_has_closed_its_idle_connection() {
    let server = Server::start(Shell::Native, &Setup::of(&["calculator"]).flags(&["--keep-alive", "1s"])).unwrap();
    let mut command = Command::new("node");
    let said = printed(command.arg(client("http/keep_alive.mjs")).arg(format!("http://{}/mcp", server.addr)));
    assert_eq!(said.trim(), "200 200 200 200 200");
}
