//! What messages, results and legs may be.

use serde_json::{Value, json};
use wasmcp_tests::{Request, Setup};

use super::{Walk, answer, fails, reply, says, start, text};

/// Of a client, and of a provider.
pub(crate) fn levels(walk: &Walk) {
    let nested = format!(r#"{{"a":{}{}}}"#, "[".repeat(100), "]".repeat(100));
    let reply = reply(&walk.default, "a nested body", &Request::call("add", &nested));
    assert_eq!(reply.status, 400, "{}", reply.text());
    says(&reply.json().unwrap(), "nests deeper than 100 levels");
    fails(&walk.default, "nest", &json!({ "levels": 101 }), "nests deeper than 100 levels");
    assert_eq!(text(&walk.default, "nest", &json!({ "levels": 50 })), "fine");
}

/// The template matches both, if they are not too long.
pub(crate) fn uri(_: &Walk) {
    let server = start(&Setup::of(&["calculator", "library"]));
    let beginning = "library:///shelf/";
    for (bytes, code) in [(8192, None), (8193, Some(-32602))] {
        let uri = format!("{beginning}{}", "x".repeat(bytes - beginning.len()));
        let read = Request::of("2025-11-25", "resources/read", json!({ "uri": uri }));
        let answer = reply(&server, "a long URI", &read).json().unwrap();
        assert_eq!(answer.pointer("/error/code").and_then(Value::as_i64), code, "{bytes}: {answer}");
    }
}

pub(crate) fn result(walk: &Walk) {
    let said = "larger than the 16777216 bytes that the setting `transport.result-limit` or a policy allows";
    fails(&walk.default, "swell", &json!({ "bytes": 4 << 20 }), said);
    assert_eq!(text(&walk.default, "swell", &json!({ "bytes": 1 << 20 })).len(), 1 << 20);
}

/// An answer is whole, or an error that says why, however large it is.
pub(crate) fn composed_answer(walk: &Walk) {
    for (bytes, status) in [(1000, 200), (700 << 10, 200), (1 << 20, 500), (3 << 20, 500), (8 << 20, 500)] {
        let flood = Request::call("flood", &json!({ "bytes": bytes }).to_string());
        let reply = reply(&walk.composed, "a flood", &flood);
        assert_eq!(reply.status, status, "{bytes}: {}", reply.text().get(..300).unwrap_or_default());
        let answer = reply.json().unwrap();
        match status {
            200 => assert_eq!(answer.pointer("/result/content/0/text").unwrap().as_str().unwrap().len(), bytes),
            _ => assert!(answer.pointer("/error/message").is_some_and(Value::is_string), "{bytes}: {answer}"),
        }
    }
    walk.composed.wait_for_log("answered with more than 1 MiB (`--limit-result`)").unwrap();
}

pub(crate) fn error_text(walk: &Walk) {
    let answer = answer(&walk.default, "complain", &json!({ "bytes": 200_000 }));
    let message = answer.pointer("/error/message").and_then(Value::as_str).unwrap();
    assert_eq!(message, format!("{}\u{2026}", "x".repeat(64 << 10)));
}

const TOO_MANY_SCOPES: &str = "the provider asks for more scopes than a client can be told";

pub(crate) fn scopes(walk: &Walk) {
    fails(&walk.default, "demand", &json!({ "scopes": 65, "bytes": 2 }), TOO_MANY_SCOPES);
}

pub(crate) fn scopes_size(walk: &Walk) {
    fails(&walk.default, "demand", &json!({ "scopes": 1, "bytes": 4097 }), TOO_MANY_SCOPES);
}

pub(crate) fn legs(_: &Walk) {
    let server = start(&Setup::of(&["calculator", "everything"]).set("transport", "max-legs", "5"));
    fails(&server, "forever", &json!({}), "after 5 legs, the most that the setting `transport.max-legs` allows");
}

/// The next leg would begin after the end of the request.
pub(crate) fn time_of_all_legs(walk: &Walk) {
    let said = "the call took longer than the setting `transport.total-timeout-ms`";
    fails(&walk.default, "postpone", &json!({ "ms": 700_000 }), said);
}

pub(crate) fn completion(_: &Walk) {
    let server = start(&Setup::of(&["calculator", "everything"]));
    let reference = json!({ "type": "ref/prompt", "name": "numbers" });
    for (argument, values) in [("hundred", Some(100)), ("more", None)] {
        let params = json!({ "ref": reference, "argument": { "name": argument, "value": "" } });
        let complete = Request::of("2025-11-25", "completion/complete", params);
        let answer = reply(&server, "a completion", &complete).json().unwrap();
        let found = answer.pointer("/result/completion/values").and_then(Value::as_array).map(Vec::len);
        assert_eq!(found, values, "{argument}: {answer}");
        if values.is_none() {
            says(&answer, "what the contract does not allow: `completion.values` has 101 values");
        }
    }
}
