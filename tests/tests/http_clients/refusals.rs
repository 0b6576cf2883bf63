//! Refusals before the body is read, with a body that is larger than the server takes: the client gets the refusal each time, and its
//! next request is served.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};
use wasmcp_tests::{Server, Setup, Shell};

use crate::{client, printed};

/// How often each request is sent: a refusal that is lost now and then has to be seen.
const TRIES: usize = 5;
/// The bytes of each body. The server takes 4 MiB.
const SIZE: usize = 5 << 20;

/// What is refused, and the status: the method, the path, and the headers that differ from those of a good request.
const REFUSED: [(&str, &str, &str, &[(&str, &str)], u16); 7] = [
    ("a large body", "POST", "/mcp", &[], 413),
    ("a body that is no JSON", "POST", "/mcp", &[("content-type", "text/plain")], 415),
    ("a compressed body", "POST", "/mcp", &[("content-encoding", "gzip")], 415),
    ("a client that reads no JSON", "POST", "/mcp", &[("accept", "text/html")], 406),
    ("a foreign page", "POST", "/mcp", &[("origin", "https://evil.com")], 403),
    ("another path", "POST", "/other", &[], 404),
    ("another method", "PUT", "/mcp", &[], 405),
];

/// Every case, once with the length of the body and once without: then the server sees only as it reads that a body is too large.
fn cases() -> Vec<Value> {
    let one = |(_, method, path, changed, _): &(&str, &str, &str, &[(&str, &str)], u16), chunked| {
        let mut headers =
            json!({ "content-type": "application/json", "accept": "application/json, text/event-stream" });
        for (name, value) in *changed {
            headers[*name] = (*value).into();
        }
        json!({ "method": method, "path": path, "headers": headers, "size": SIZE, "chunked": chunked, "tries": TRIES })
    };
    REFUSED.iter().flat_map(|case| [false, true].map(|chunked| one(case, chunked))).collect()
}

/// `wasmtime serve` closes such connections itself, as the interface of a component has no say in it.
fn every_refusal_arrives(program: &str, arguments: &[&Path]) {
    for shell in [Shell::Native, Shell::Hosted] {
        let server = Server::start(shell, &Setup::of(&["calculator"])).unwrap();
        let cases = json!(cases()).to_string();
        let mut command = Command::new(program);
        let said = printed(command.args(arguments).arg(format!("http://{}/mcp", server.addr)).arg(cases));
        let mut lines = said.lines();
        for (what, .., status) in REFUSED {
            for body in ["whole", "in chunks"] {
                for number in 1..=TRIES {
                    let expected = format!("{status} 200");
                    assert_eq!(lines.next(), Some(expected.as_str()), "{shell}, {what}, {body}, try {number}");
                }
            }
        }
        assert_eq!(lines.next(), None);
    }
}

#[test]
fn every_refusal_reaches_the_fetch_of_node() {
    every_refusal_arrives("node", &[&client("http/client.mjs")]);
}

#[test]
fn every_refusal_reaches_the_http_client_of_python() {
    every_refusal_arrives("python3", &[&client("http/client.py")]);
}

#[test]
fn every_refusal_reaches_the_http_client_of_go() {
    every_refusal_arrives(client("http/.go-client").to_str().unwrap(), &[]);
}
