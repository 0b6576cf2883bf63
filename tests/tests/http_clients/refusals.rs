//! Refusals before the body is read, with a body that is larger than the server takes: the client gets the refusal each time, and its
//! next request is served.

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use test_tokens::Issuer;
use wasmcp_tests::{Server, Setup, Shell};

use crate::{client, printed};

/// How often each request is sent: a refusal that is lost now and then has to be seen.
const TRIES: usize = 5;
/// The bytes of each body. The server takes 4 MiB.
const SIZE: usize = 5 << 20;

/// A request that is refused.
struct Refused {
    what: &'static str,
    method: &'static str,
    path: &'static str,
    /// The headers that differ from those of a good request.
    headers: &'static [(&'static str, &'static str)],
    status: u16,
}

/// A large body with these headers.
const fn refused(what: &'static str, headers: &'static [(&'static str, &'static str)], status: u16) -> Refused {
    Refused { what, method: "POST", path: "/mcp", headers, status }
}

const REFUSED: [Refused; 7] = [
    refused("a large body", &[], 413),
    refused("a body that is no JSON", &[("content-type", "text/plain")], 415),
    refused("a compressed body", &[("content-encoding", "gzip")], 415),
    refused("a client that reads no JSON", &[("accept", "text/html")], 406),
    refused("a foreign page", &[("origin", "https://evil.com")], 403),
    Refused { path: "/other", ..refused("another path", &[], 404) },
    Refused { method: "PUT", ..refused("another method", &[], 405) },
];

/// What a server refuses that asks for tokens.
const UNAUTHENTICATED: [Refused; 2] = [
    refused("a client without a token", &[], 401),
    refused("a client with a token that is none of the issuer's", &[("authorization", "Bearer abc")], 401),
];

/// Every case, once with the length of the body and once without: then the server sees only as it reads that a body is too large.
fn cases(refused: &[Refused]) -> Vec<Value> {
    let one = |Refused { method, path, headers: changed, .. }: &Refused, chunked| {
        let mut headers =
            json!({ "content-type": "application/json", "accept": "application/json, text/event-stream" });
        for (name, value) in *changed {
            headers[*name] = (*value).into();
        }
        json!({ "method": method, "path": path, "headers": headers, "size": SIZE, "chunked": chunked, "tries": TRIES })
    };
    refused.iter().flat_map(|case| [false, true].map(|chunked| one(case, chunked))).collect()
}

/// `wasmtime serve` closes such connections itself, as the interface of a component has no say in it.
fn every_refusal_arrives(program: &str, arguments: &[&Path]) {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let (open, token) = (Setup::of(&["calculator"]), issuer.token().signed());
    let protected = Setup::of(&["calculator"]).tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks());
    for shell in [Shell::Native, Shell::Hosted] {
        for (setup, token, refused) in [(&open, "", &REFUSED[..]), (&protected, &token, &UNAUTHENTICATED)] {
            let server = Server::start(shell, setup).unwrap();
            let (url, cases) = (format!("http://{}/mcp", server.addr), json!(cases(refused)).to_string());
            let said = printed(Command::new(program).args(arguments).args([url.as_str(), &cases, token]));
            let mut lines = said.lines();
            for Refused { what, status, .. } in refused {
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
