//! A test of what a request costs, in allocated bytes: its parameters are indexed once, whatever the method and the version.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::fmt::Write as _;

use allocation_counter::measure;
use protocol::{Params, jsonrpc};
use scripted::{Scripted, Server, modern, post};

/// So many members of the parameters, which no method reads, that their index is much larger than all else a request costs.
const MEMBERS: usize = 20_000;

#[test]
fn the_parameters_of_a_request_are_indexed_once() {
    let many = (0..MEMBERS).fold(String::new(), |mut many, number| {
        let _ = write!(many, r#","m{number}":1"#);
        many
    });
    let server = Server::of(Scripted::everything());
    // What a call does not read goes to its provider, and that copy costs nearly as much as an index.
    for (method, copies, params) in [
        ("tools/list", 0, r#""a":1"#),
        ("tools/call", 1, r#""name":"shown","arguments":{}"#),
        ("resources/read", 1, r#""uri":"test:/shown""#),
        ("prompts/get", 1, r#""name":"shown""#),
        ("completion/complete", 1, r#""ref":{"type":"ref/prompt","name":"shown"},"argument":{"name":"a","value":""}"#),
    ] {
        let params = params.to_owned() + &many;
        let legacy = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}}}}}"#);
        let index = measure(|| {
            let Ok(jsonrpc::Message::Request(request)) = jsonrpc::parse(legacy.as_bytes()) else {
                panic!("is a request")
            };
            drop(Params::read(request.params).expect("parameters"));
        });
        for request in [modern(method, &params, ""), post(&[("mcp-protocol-version", "2025-11-25")], &legacy)] {
            let mut status = 0;
            let answer = measure(|| status = server.send(request).status);
            assert_eq!(status, 200, "{method}");
            assert!(answer.bytes_total >= index.bytes_total, "{method}: {answer:?}, an index {index:?}");
            assert!(
                answer.bytes_total < index.bytes_total / 2 * (3 + 2 * copies),
                "{method}: {answer:?}, an index {index:?}"
            );
        }
    }
}
