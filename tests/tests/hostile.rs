//! Providers that break their promises (T10, T25, T26): such a call fails clearly within its limit, and nobody else notices.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::thread;

use serde_json::{Value, json};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Request, Server, Setup, Shell};

const LIMITS: [&str; 6] =
    ["--limit-time", "hostile=500ms", "--limit-memory", "hostile=64MiB", "--limit-result", "hostile=1MiB"];

#[test]
fn a_call_that_breaks_a_limit_fails_by_itself() {
    let server = Server::start(Shell::Native, &Setup::of(&["calculator", "hostile"]).flags(&LIMITS)).unwrap();
    let cases = [
        ("spin", "{}", "passed its time limit of 500ms"),
        ("grow", "{}", "passed its memory limit of 64 MiB"),
        ("flood", r#"{"bytes":1073741824}"#, "passed its memory limit of 64 MiB"),
        ("flood", r#"{"bytes":16777216}"#, "handed over more than its result limit of 1 MiB"),
        ("trap", "{}", "trapped: wasm `unreachable` instruction executed"),
        ("leave", "{}", "ended itself with status 0 instead of answering"),
        ("babble", "{}", "`structuredContent` is not JSON"),
    ];
    for (tool, arguments, said) in cases {
        let answer = with_neighbour(&server, tool, arguments);
        let message = answer.pointer("/error/message").and_then(Value::as_str);
        assert!(message.is_some_and(|message| message.contains(said)), "{tool} {arguments}: {answer}");
        assert_eq!(answer.pointer("/error/code"), Some(&json!(-32603)), "{tool} {arguments}: {answer}");
    }
}

/// Makes a hostile call, and good ones beside it for as long as it runs.
fn with_neighbour(server: &Server, tool: &str, arguments: &str) -> Value {
    thread::scope(|scope| {
        let hostile = scope.spawn(|| server.send(&Request::call(tool, arguments)).unwrap().json().unwrap());
        loop {
            let ended = hostile.is_finished();
            assert_eq!(server.call("add", r#"{"a":2,"b":3}"#).unwrap(), r#"{"result":5}"#, "beside {tool}");
            if ended {
                return hostile.join().unwrap();
            }
        }
    })
}

#[test]
fn nothing_that_was_not_allowed_is_reached() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let upstream = runtime.block_on(Upstream::start(Options::default())).unwrap();
    let local = upstream.authority().to_owned();
    let port = local.rsplit(':').next().unwrap();
    // What another provider may reach is no help, nor is a name that leads to where nobody may go.
    let setup =
        Setup::of(&["calculator", "weather", "hostile"]).egress("weather", &local).egress("hostile", "allowed.test");
    let server = Server::start(Shell::Native, &setup).unwrap();
    let places = [
        "169.254.169.254",
        "allowed.test:81",
        "other.test",
        "10.0.0.1",
        "[::1]:80",
        "0.0.0.0",
        &local,
        &format!("localhost:{port}"),
        &format!("2130706433:{port}"),
        &format!("0177.0.0.1:{port}"),
        &format!("[::ffff:127.0.0.1]:{port}"),
    ];
    for place in places {
        let answer = server.call("fetch", &json!({ "authority": place }).to_string()).unwrap();
        assert_eq!(answer, "refused: ErrorCode::HttpRequestDenied", "{place}");
    }
    assert_eq!(upstream.requests(), 0);
}

#[test]
fn a_rule_for_every_name_opens_no_private_address() {
    let server = Server::start(Shell::Native, &Setup::of(&["hostile"]).egress("hostile", "*:*")).unwrap();
    let literal = ["169.254.169.254", "10.0.0.1", "127.0.0.1:9", "0.0.0.0", "[::1]:80", "[::ffff:127.0.0.1]:80"];
    // A name that leads to a private address is found out after it is resolved.
    let cases = literal.map(|place| (place, "HttpRequestDenied"));
    for (place, code) in cases.into_iter().chain([("localhost:9", "DestinationIpProhibited")]) {
        let answer = server.call("fetch", &json!({ "authority": place }).to_string()).unwrap();
        assert_eq!(answer, format!("refused: ErrorCode::{code}"), "{place}");
    }
}

#[test]
fn what_belongs_to_others_is_not_seen() {
    for shell in Shell::ALL {
        let setup = Setup::of(&["calculator", "weather", "hostile"])
            .set("weather", "geocoding-url", "http://canary.test")
            .set("hostile", "own", "mine");
        let server = Server::start(shell, &setup).unwrap();
        for key in
            ["geocoding-url", "weather.geocoding-url", "weather__geocoding-url", "../weather/geocoding-url", "path", ""]
        {
            let seen = server.call("pry", &json!({ "key": key }).to_string()).unwrap();
            let seen: Value = serde_json::from_str(&seen).expect(&seen);
            assert_eq!(
                seen,
                json!({ "environment": [], "arguments": [], "files": null, "setting": null }),
                "{shell}, {key}"
            );
        }
        let own = server.call("pry", r#"{"key":"own"}"#).unwrap();
        assert!(own.contains(r#""setting":"mine""#), "{shell}: {own}");
    }
}
