//! The contract's service `state`, through a provider that does the operations of its arguments and answers with their outcomes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::process::Command;
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wasmcp_tests::{Server, Setup, Shell, component, differences, program};

const PROVIDER: &str = "state-entries";
/// How long an entry may be there whose time to live is a second.
const EXPIRY_DEADLINE: Duration = Duration::from_secs(60);

fn server(flags: &[&str]) -> Server {
    Server::start(Shell::Native, &Setup::of(&[PROVIDER]).flags(flags)).unwrap()
}

/// Two providers with the same code, whose tools begin with `one.` and `two.`.
fn two_providers(flags: &[&str]) -> Server {
    let file = component(PROVIDER).unwrap().display().to_string();
    let mut wasmcp = Command::new(program("wasmcp").unwrap());
    wasmcp.args(["serve", "--addr", "127.0.0.1:0", "--prefix", "one=one.", "--prefix", "two=two."]).args(flags);
    Server::spawn(wasmcp.args([format!("one={file}"), format!("two={file}")])).unwrap()
}

/// The outcomes of operations that one call does.
fn of_tool(server: &Server, tool: &str, operations: &[Value]) -> Vec<Value> {
    let text = server.call(tool, &json!({ "operations": operations }).to_string()).unwrap();
    let outcomes: Value = serde_json::from_str(&text).expect(&text);
    outcomes.as_array().expect(&text).clone()
}

/// The outcome of one operation, in a call of its own.
fn one(server: &Server, operation: Value) -> Value {
    of_tool(server, "state", &[operation]).remove(0)
}

fn get(key: &str) -> Value {
    json!({ "do": "get", "key": key })
}

fn set(key: &str, value: &str) -> Value {
    json!({ "do": "set", "key": key, "value": value })
}

fn delete(key: &str) -> Value {
    json!({ "do": "delete", "key": key })
}

fn swap(key: &str, expected: Option<&str>, value: &str) -> Value {
    json!({ "do": "compare-and-set", "key": key, "expected": expected, "value": value })
}

fn is(expected: &Value, outcome: &Value, what: &str) {
    let wrong = differences(expected, outcome);
    assert!(wrong.is_empty(), "{what}: {}", wrong.join("; "));
}

#[test]
fn what_a_call_stores_the_next_one_finds() {
    let server = server(&[]);
    for (what, operation, expected) in [
        ("no entry", get("a"), json!("no entry")),
        ("a write", set("a", "1"), json!("ok")),
        ("what was written", get("a"), json!({ "value": "1" })),
        ("another key", get("b"), json!("no entry")),
        ("a key in other letters", get("A"), json!("no entry")),
        ("a second write", set("a", "2"), json!("ok")),
        ("what was written last", get("a"), json!({ "value": "2" })),
        ("an entry where there is one", swap("a", None, "3"), json!({ "wrote": false })),
        ("an entry where there is none", swap("b", None, "3"), json!({ "wrote": true })),
        ("a revision that never was", swap("a", Some("x"), "4"), json!({ "wrote": false })),
        ("what was not replaced", get("a"), json!({ "value": "2" })),
        ("the end of an entry", delete("a"), json!("ok")),
        ("no entry any more", get("a"), json!("no entry")),
        ("the end of no entry", delete("a"), json!("ok")),
        ("an empty key and no value", set("", ""), json!("ok")),
        ("an empty key", get(""), json!({ "value": "" })),
    ] {
        is(&expected, &one(&server, operation), what);
    }
}

#[test]
fn only_who_knows_the_revision_replaces_an_entry() {
    let server = server(&[]);
    let revision = || one(&server, get("a"))["revision"].as_str().expect("a revision").to_owned();
    assert_eq!(one(&server, set("a", "1")), "ok");
    let first = revision();
    assert_eq!(one(&server, swap("a", Some(&first), "2")), json!({ "wrote": true }));
    assert_eq!(one(&server, swap("a", Some(&first), "3")), json!({ "wrote": false }));
    assert_ne!(revision(), first);
    is(&json!({ "value": "2" }), &one(&server, get("a")), "after a writer that came too late");
}

#[test]
fn calls_that_count_at_once_lose_nothing() {
    const CALLS: usize = 16;
    const TIMES: usize = 25;
    let server = server(&[]);
    let start = Barrier::new(CALLS);
    thread::scope(|scope| {
        for _ in 0..CALLS {
            scope.spawn(|| {
                start.wait();
                let arguments = json!({ "key": "count", "times": TIMES }).to_string();
                assert_eq!(server.call("count", &arguments).unwrap(), "counted");
            });
        }
    });
    is(&json!({ "value": (CALLS * TIMES).to_string() }), &one(&server, get("count")), "the count");
}

#[test]
fn an_entry_is_gone_when_its_time_is_over_and_its_neighbour_stays() {
    let server = server(&[]);
    let short = json!({ "do": "set", "key": "short", "value": "1", "ttl_s": 1 });
    let long = json!({ "do": "set", "key": "long", "value": "1", "ttl_s": 3600 });
    assert_eq!(of_tool(&server, "state", &[short, long]), ["ok", "ok"]);
    let deadline = Instant::now() + EXPIRY_DEADLINE;
    while one(&server, get("short")) != "no entry" {
        assert!(Instant::now() < deadline, "it does not expire");
    }
    assert_eq!(one(&server, swap("short", None, "2")), json!({ "wrote": true }));
    is(&json!({ "value": "1" }), &one(&server, get("long")), "the neighbour");
}

#[test]
fn a_provider_has_no_way_to_the_entries_of_another() {
    let server = two_providers(&[]);
    assert_eq!(of_tool(&server, "one.state", &[set("a", "of one")]), ["ok"]);
    assert_eq!(of_tool(&server, "two.state", &[get("a")]), ["no entry"]);
    assert_eq!(of_tool(&server, "two.state", &[swap("a", None, "of two")]), [json!({ "wrote": true })]);
    assert_eq!(of_tool(&server, "two.state", &[delete("a")]), ["ok"]);
    is(&json!({ "value": "of one" }), &of_tool(&server, "one.state", &[get("a")])[0], "the entry of the other");
}

#[test]
fn a_full_store_says_what_to_do_and_takes_no_room_of_its_neighbour() {
    let server = two_providers(&["--limit-state", "one=64KiB"]);
    let large = |key: &str| json!({ "do": "set", "key": key, "value": "x", "repeat": 40 << 10 });
    let outcomes = of_tool(&server, "one.state", &[large("a"), large("b"), get("a"), get("b")]);
    is(&json!("ok"), &outcomes[0], "what fits");
    is(&json!({ "error": "internal" }), &outcomes[1], "what does not");
    let text = outcomes[1]["text"].as_str().unwrap();
    for part in ["at most 10000 entries, and 65536 bytes", "delete entries", "`--limit-state`"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    is(&json!({ "bytes": 40 << 10 }), &outcomes[2], "what was there before");
    assert_eq!(outcomes[3], "no entry");
    assert_eq!(of_tool(&server, "two.state", &[large("a"), large("b")]), ["ok", "ok"]);
    assert_eq!(of_tool(&server, "one.state", &[delete("a"), large("b")]), ["ok", "ok"]);
}

#[test]
fn so_many_entries_fit_and_no_more() {
    const ENTRIES: usize = 10_000;
    let server = server(&[]);
    let some = |range: std::ops::Range<usize>| {
        let operations: Vec<Value> = range.map(|number| set(&number.to_string(), "")).collect();
        of_tool(&server, "state", &operations)
    };
    for begin in (0..ENTRIES).step_by(1000) {
        assert!(some(begin..begin + 1000).iter().all(|outcome| outcome == "ok"), "{begin}");
    }
    is(&json!({ "error": "internal" }), &some(ENTRIES..ENTRIES + 1)[0], "one more");
    assert_eq!(some(0..1), ["ok"], "one that is there");
}

#[test]
fn what_fits_in_no_store_is_refused_with_what_to_do() {
    let server = server(&[]);
    let key = |bytes: usize| "k".repeat(bytes);
    let value = |bytes: usize| json!({ "do": "set", "key": "a", "value": "x", "repeat": bytes });
    for (what, operation, said) in [
        ("a long key", get(&key(513)), "may have 512"),
        ("a long key to write", set(&key(513), ""), "may have 512"),
        ("a long key to replace", swap(&key(513), None, ""), "may have 512"),
        ("a long key to delete", delete(&key(513)), "may have 512"),
        ("a large value", value((512 << 10) + 1), "store it in parts"),
        ("no time to live", json!({ "do": "set", "key": "a", "ttl_s": 0 }), "at least 1 s"),
    ] {
        let outcome = one(&server, operation);
        is(&json!({ "error": "invalid-params" }), &outcome, what);
        assert!(outcome["text"].as_str().unwrap().contains(said), "{what}: {outcome}");
    }
    assert_eq!(one(&server, get("a")), "no entry", "nothing of this was stored");
    assert_eq!(one(&server, set(&key(512), "")), "ok");
    assert_eq!(one(&server, value(512 << 10)), "ok");
}

#[test]
fn a_composed_file_has_no_store_and_says_so() {
    for shell in [Shell::Composed, Shell::Hosted] {
        let server = Server::start(shell, &Setup::of(&[PROVIDER])).unwrap();
        for operation in [get("a"), set("a", "1"), swap("a", None, "1"), delete("a")] {
            assert_eq!(one(&server, operation), json!({ "error": "not-offered" }), "{shell}");
        }
    }
}
