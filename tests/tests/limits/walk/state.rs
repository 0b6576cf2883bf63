//! What a provider keeps by the service `state`.

use serde_json::{Value, json};
use wasmcp_tests::{Server, Setup};

use super::{Walk, start, text};

fn keeper(flags: &[&str]) -> Server {
    start(&Setup::of(&["calculator", "state-entries"]).flags(flags))
}

/// The outcomes of operations that one call does.
fn outcomes(server: &Server, operations: &[Value]) -> Vec<Value> {
    let text = text(server, "state", &json!({ "operations": operations }));
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

fn set(key: &str, bytes: usize) -> Value {
    json!({ "do": "set", "key": key, "value": "x", "repeat": bytes })
}

/// Checks that an operation fails with this error, which says this.
fn fails(outcome: &Value, error: &str, said: &str) {
    let text = outcome.get("text").and_then(Value::as_str).unwrap_or_default();
    assert!(outcome.get("error") == Some(&json!(error)) && text.contains(said), "{error}, {said}: {outcome}");
}

pub(crate) fn entries(_: &Walk) {
    let server = keeper(&[]);
    for begin in (0..10_000).step_by(1000) {
        let operations: Vec<_> = (begin..begin + 1000).map(|number| set(&number.to_string(), 1)).collect();
        assert!(outcomes(&server, &operations).iter().all(|outcome| outcome == "ok"), "{begin}");
    }
    let outcomes = outcomes(&server, &[set("more", 1), set("0", 1)]);
    let [more, first] = &*outcomes else { panic!("{outcomes:?}") };
    fails(more, "internal", "at most 10000 entries");
    assert_eq!(first, "ok", "what was there stays");
}

pub(crate) fn bytes(_: &Walk) {
    let server = keeper(&["--limit-state", "state-entries=64KiB"]);
    let read = json!({ "do": "get", "key": "a" });
    let outcomes = outcomes(&server, &[set("a", 40 << 10), set("b", 40 << 10), read]);
    let [first, second, read] = &*outcomes else { panic!("{outcomes:?}") };
    assert_eq!(first, "ok");
    fails(second, "internal", "and 65536 bytes");
    assert_eq!(read.get("bytes"), Some(&json!(40 << 10)), "what was there stays: {read}");
}

pub(crate) fn key(_: &Walk) {
    let outcomes = outcomes(&keeper(&[]), &[set(&"k".repeat(513), 1), set(&"k".repeat(512), 1)]);
    let [long, longest] = &*outcomes else { panic!("{outcomes:?}") };
    fails(long, "invalid-params", "may have 512");
    assert_eq!(longest, "ok");
}

pub(crate) fn value(_: &Walk) {
    let outcomes = outcomes(&keeper(&[]), &[set("a", (512 << 10) + 1), set("a", 512 << 10)]);
    let [large, largest] = &*outcomes else { panic!("{outcomes:?}") };
    fails(large, "invalid-params", "store it in parts");
    assert_eq!(largest, "ok");
}
