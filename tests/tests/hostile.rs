//! Providers that break their promises: such a call fails clearly within its limit, and no other call notices.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::process::Command;
use std::thread;

use serde_json::{Value, json};
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Reply, Request, Server, Setup, Shell, component, program};

/// The shells on which `wasmcp serve` is the host.
const NATIVE_HOSTS: [Shell; 2] = [Shell::Native, Shell::Hosted];

const LIMITS: [&str; 6] = ["--limit-time", "500ms", "--limit-memory", "64MiB", "--limit-result", "1MiB"];

/// The tool, its arguments, and a part of the message about its failure.
type Broken = (&'static str, &'static str, &'static str);

/// The calls that fail by the limits of one call alone, so that they fail on both hosts.
const ANYWHERE: [Broken; 7] = [
    ("spin", "{}", "exceeded its time limit of 500ms"),
    ("grow", "{}", "exceeded its memory limit of 64 MiB"),
    ("flood", r#"{"bytes":1073741824}"#, "exceeded its memory limit of 64 MiB"),
    ("hoard", r#"{"handles":5000}"#, "broke its contract with the host"),
    ("garble", "{}", "broke its contract with the host"),
    ("trap", "{}", "trapped: wasm `unreachable` instruction executed"),
    ("leave", "{}", "exited with status 0 instead of returning a result"),
];

#[test]
fn a_call_that_breaks_a_limit_fails_by_itself() {
    let server = Server::start(Shell::Native, &Setup::of(&["calculator", "hostile"]).flags(&LIMITS)).unwrap();
    let here = [
        ("nap", "{}", "exceeded its time limit of 500ms"),
        ("wait", "{}", "exceeded its time limit of 500ms"),
        ("flood", r#"{"bytes":16777216}"#, "passed more than 1 MiB to the host at once (`--limit-result`)"),
        ("babble", "{}", "`structuredContent` is not JSON"),
    ];
    for (tool, arguments, said) in ANYWHERE.into_iter().chain(here) {
        let answer = with_neighbour(&server, tool, arguments).json().unwrap();
        let message = answer.pointer("/error/message").and_then(Value::as_str);
        assert!(message.is_some_and(|message| message.contains(said)), "{tool} {arguments}: {answer}");
        assert_eq!(answer.pointer("/error/code"), Some(&json!(-32603)), "{tool} {arguments}: {answer}");
    }
    assert_eq!(server.call("hoard", r#"{"handles":250}"#).unwrap(), "250");
}

/// In one file the whole server is the component that fails: the client gets a general message, and the operator gets the reason as
/// before. The result limit does not count values that cross from one part of the file to another, and a call may wait for ten minutes: only
/// what it computes counts, so that short naps reach no limit of 500 ms for as long as a minute.
#[test]
fn a_request_that_breaks_a_limit_of_one_file_fails_by_itself() {
    let file = Setup::of(&["calculator", "hostile"]).compose().unwrap();
    let serve = |limits: &[&str]| {
        let mut wasmcp = Command::new(program("wasmcp").unwrap());
        Server::spawn(wasmcp.args(["serve", "--addr", "127.0.0.1:0"]).args(limits).arg(&file)).unwrap()
    };
    let server = serve(&LIMITS);
    let impatient = serve(&["--limit-time", "20ms"]);
    let nap = (&impatient, ("nap", "{}", "exceeded its time limit of 20ms"));
    for (server, (tool, arguments, said)) in ANYWHERE.map(|broken| (&server, broken)).into_iter().chain([nap]) {
        let before = server.log().len();
        let reply = with_neighbour(server, tool, arguments);
        assert_eq!(reply.status, 500, "{tool} {arguments}: {}", reply.text());
        assert!(reply.text().contains("the server failed: its operator finds the reason"), "{tool}: {}", reply.text());
        assert_eq!(reply.json().unwrap()["id"], 1, "{tool}: {}", reply.text());
        server.wait_for_log_after(before, said).unwrap();
    }
    assert_eq!(server.call("hoard", r#"{"handles":250}"#).unwrap(), "250");
}

#[test]
fn every_call_has_an_instance_of_its_own() {
    let prepared = ["0", "8"].map(|prepared| (Shell::Native, vec!["--prepared", prepared]));
    for (shell, flags) in Shell::ALL.map(|shell| (shell, vec![])).into_iter().chain(prepared) {
        let server = Server::start(shell, &Setup::of(&["calculator", "hostile"]).flags(&flags)).unwrap();
        for call in 1..=10 {
            assert_eq!(server.call("remember", "{}").unwrap(), "1", "{shell}, {flags:?}, call {call}");
        }
    }
}

/// The time of a prepared instance begins with its call, and not when it is made.
#[test]
fn an_instance_that_was_prepared_longer_ago_than_a_call_may_take_serves_a_call() {
    let limits = ["--limit-time", "calculator=100ms", "--limit-time", "hostile=500ms"];
    let server = Server::start(Shell::Native, &Setup::of(&["calculator", "hostile"]).flags(&limits)).unwrap();
    for _ in 0..2 {
        assert_eq!(server.call("add", r#"{"a":2,"b":3}"#).unwrap(), r#"{"result":5}"#);
        let answer = server.send(&Request::call("wait", "{}")).unwrap().json().unwrap();
        assert!(answer.pointer("/error").is_some(), "{answer}");
    }
}

/// Makes a hostile call, and good ones beside it for as long as it runs.
fn with_neighbour(server: &Server, tool: &str, arguments: &str) -> Reply {
    thread::scope(|scope| {
        let hostile = scope.spawn(|| server.send(&Request::call(tool, arguments)).unwrap());
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
    let places = [
        "169.254.169.254",
        "allowed.test:81",
        "other.test",
        "10.0.0.1",
        "[::1]:80",
        "0.0.0.0",
        local.as_str(),
        &format!("localhost:{port}"),
        &format!("2130706433:{port}"),
        &format!("0177.0.0.1:{port}"),
        &format!("[::ffff:127.0.0.1]:{port}"),
    ];
    for shell in NATIVE_HOSTS {
        let allowed = Setup::of(&["calculator", "weather", "hostile"]).egress("hostile", "allowed.test");
        // A rule for another provider does not help this one. In one file all providers share the rules.
        let setup = if shell == Shell::Native { allowed.egress("weather", &local) } else { allowed };
        let server = Server::start(shell, &setup).unwrap();
        for place in places {
            let answer = server.call("send_request", &json!({ "authority": place }).to_string()).unwrap();
            assert_eq!(answer, "refused: ErrorCode::HttpRequestDenied", "{shell}, {place}");
        }
    }
    assert_eq!(upstream.requests(), 0);
}

#[test]
fn a_rule_for_every_name_opens_no_private_address() {
    let literal = ["169.254.169.254", "10.0.0.1", "127.0.0.1:9", "0.0.0.0", "[::1]:80", "[::ffff:127.0.0.1]:80"];
    // A name that leads to a private address is refused only after it is resolved.
    let cases = literal.map(|place| (place, "HttpRequestDenied"));
    for shell in NATIVE_HOSTS {
        let server = Server::start(shell, &Setup::of(&["hostile"]).egress("hostile", "*:*")).unwrap();
        for (place, code) in cases.into_iter().chain([("localhost:9", "DestinationIpProhibited")]) {
            let answer = server.call("send_request", &json!({ "authority": place }).to_string()).unwrap();
            assert_eq!(answer, format!("refused: ErrorCode::{code}"), "{shell}, {place}");
        }
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

/// A composed file that fails after a part of its answer has not answered, whatever it has sent.
#[test]
fn an_answer_of_one_file_that_is_not_whole_is_an_error() {
    let mut wasmcp = Command::new(program("wasmcp").unwrap());
    let file = component("broken-server").unwrap();
    let server =
        Server::spawn(wasmcp.args(["serve", "--addr", "127.0.0.1:0", "--limit-time", "200ms"]).arg(file)).unwrap();
    for ending in ["trap", "spin", "drop"] {
        let part = server.send(&Request::new("GET", &format!("/part-{ending}"))).unwrap();
        assert_eq!(part.status, 500, "{ending}: {}", part.text());
        let events = server.send(&Request::new("GET", &format!("/events-{ending}"))).unwrap();
        assert_eq!(events.status, 200, "{ending}");
        let text = events.text();
        let last = text.trim_end().rsplit("\n\n").next().unwrap();
        assert!(text.starts_with("data: {\"method\"") && last.contains("\"error\""), "{ending}: {text}");
        let half = server.send(&Request::new("GET", &format!("/half-{ending}"))).unwrap();
        let text = half.text();
        assert!(!text.contains("\"result\"") && text.contains("\"error\""), "{ending}: {text}");
        let answered = server.send(&Request::new("GET", &format!("/answered-{ending}"))).unwrap();
        assert_eq!(answered.text(), "data: {\"id\":1,\"result\":{}}\n\n", "{ending}");
    }
    let whole = server.send(&Request::new("GET", "/events")).unwrap();
    assert_eq!(whole.text(), "data: {\"method\":\"notifications/progress\"}\n\n");
}
