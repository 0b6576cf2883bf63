//! Events that reach the client while the call runs: the provider sends one, and its call ends only when the test says so.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::io::{BufRead, BufReader};
use std::net::TcpStream;

use serde_json::{Value, json};
use wasmcp_tests::{Gate, Request, Server, Shell, VERSIONS, parse_json};

/// How each shell accepts an event of a call that runs. On a shell that accepts none, the event comes with the answer.
const TAKEN: [(Shell, &str); 3] =
    [(Shell::Native, "emitted"), (Shell::Composed, "not offered"), (Shell::Hosted, "not offered")];

/// The next message of an event stream.
fn next_event(stream: &mut BufReader<TcpStream>) -> Value {
    loop {
        let mut line = String::new();
        assert_ne!(stream.read_line(&mut line).expect("the stream is silent"), 0, "the stream has ended");
        if let Some(message) = line.strip_prefix("data:") {
            return parse_json(message).unwrap();
        }
    }
}

#[test]
fn an_event_reaches_the_client_while_the_call_runs_where_the_shell_can_send_it() {
    for (shell, taken) in TAKEN {
        let gate = Gate::start().unwrap();
        let server = Server::start(shell, &gate.setup().unwrap()).unwrap();
        for version in VERSIONS {
            let what = format!("{shell}, {version}");
            let params = json!({ "name": "work", "arguments": {}, "_meta": { "progressToken": "p" } });
            let call = Request::of(version, "tools/call", params).begin(server.addr).unwrap();
            let mut stream = BufReader::new(call);
            let ending = gate.wait().unwrap();
            let mut progress = Vec::new();
            if taken == "emitted" {
                // The call cannot have ended: the gate is closed.
                progress.push(next_event(&mut stream));
            }
            ending.open().unwrap();
            while progress.len() < 2 {
                progress.push(next_event(&mut stream));
            }
            let expected = [(1, "begun"), (2, "done")].map(|(progress, message)| {
                json!({ "progressToken": "p", "progress": progress, "total": 2, "message": message })
            });
            for (event, params) in progress.iter().zip(expected) {
                assert_eq!(event.get("method"), Some(&json!("notifications/progress")), "{what}: {event}");
                assert_eq!(event.get("params"), Some(&params), "{what}");
            }
            let answer = next_event(&mut stream);
            assert_eq!(answer.pointer("/result/content/0/text"), Some(&json!(taken)), "{what}: {answer}");
        }
    }
}

#[test]
fn a_client_that_wants_no_progress_gets_the_result_alone() {
    for shell in Shell::ALL {
        let gate = Gate::start().unwrap();
        let server = Server::start(shell, &gate.setup().unwrap()).unwrap();
        for version in VERSIONS {
            let call = Request::of(version, "tools/call", json!({ "name": "work", "arguments": {} }));
            let reply = std::thread::scope(|scope| {
                let reply = scope.spawn(|| server.send(&call).unwrap());
                gate.wait().unwrap().open().unwrap();
                reply.join().unwrap()
            });
            assert_eq!(reply.header("content-type"), Some("application/json"), "{shell}, {version}: {}", reply.text());
            assert!(reply.json().unwrap().pointer("/result/content/0/text").is_some(), "{shell}, {version}");
        }
    }
}

/// There is one place for calls, which the first call has until its time is over. Its client never reads.
#[test]
fn a_call_whose_client_does_not_read_its_events_ends_within_its_time() {
    let gate = Gate::start().unwrap();
    let limits = ["--max-concurrent", "1", "--limit-time", "4s", "--limit-result", "64MiB"];
    let server = Server::start(Shell::Native, &gate.setup().unwrap().flags(&limits)).unwrap();
    for version in VERSIONS {
        let before = server.log().len();
        let params = json!({ "name": "shout", "arguments": {}, "_meta": { "progressToken": "p" } });
        let _unread = Request::of(version, "tools/call", params).begin(server.addr).unwrap();
        server.wait_for_log_after(before, "is not read").unwrap();
        let call = Request::of(version, "tools/call", json!({ "name": "work", "arguments": {} }));
        let answer = std::thread::scope(|scope| {
            let answer = scope.spawn(|| server.send(&call).unwrap().json().unwrap());
            server.wait_for_log_after(before, "exceeded its time limit of 4s").unwrap();
            gate.wait().unwrap().open().unwrap();
            answer.join().unwrap()
        });
        assert!(answer.pointer("/result/content/0/text").is_some(), "{version}: {answer}");
    }
}
