//! The record of a decision: what it says, what it hides, and that it is one line within its limit whatever is in it.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

use std::fmt::Write as _;

use policy::{Bundle, Decision, Document, File, Record, RecordOptions};
use serde_json::{Value, json};

const OPTIONS: RecordOptions = RecordOptions { arguments: true, max_bytes: 16 * 1024 };

fn decide(rules: &str, document: &Document) -> Decision {
    let text = format!("package wasmcp\n{rules}\n");
    Bundle::compile(&[File { path: "p.rego", text: &text }]).expect("a policy").decide(document)
}

fn line(rules: &str, input: &Value, options: &RecordOptions) -> String {
    let document = Document::from_json(&input.to_string()).expect("an input");
    let decision = decide(rules, &document);
    let record =
        Record { id: "d1", revision: "r1", dry_run: false, document: &document, decision: &decision, micros: 17 };
    record.to_line(options)
}

fn parsed(rules: &str, input: &Value) -> Value {
    serde_json::from_str(&line(rules, input, &OPTIONS)).expect("JSON")
}

#[test]
fn a_record_says_who_wanted_what_and_what_was_decided() {
    let input = json!({
        "version": 1, "phase": "call", "method": "tools/call", "path": "/mcp", "view": "support", "time": 1_796_000_000_000_000_123_u64,
        "tool": {"name": "add", "provider": "calculator"}, "arguments": {"a": 1},
        "identity": {"issuer": "https://issuer.example", "subject": "ada", "client": "cli", "claims": {"email": "ada@example.com"}},
        "request": {"id": "0123", "address": "192.0.2.1", "headers": {"authorization": "Bearer x"}},
    });
    let expected = json!({
        "decision_id": "d1", "revision": "r1", "time": 1_796_000_000_000_000_123_u64, "request_id": "0123", "phase": "call",
        "method": "tools/call", "path": "/mcp", "view": "support", "kind": "tool", "name": "add", "provider": "calculator",
        "principal": {"issuer": "https://issuer.example", "subject": "ada", "client": "cli"}, "address": "192.0.2.1",
        "result": "step-up", "cause": "rule", "reason": "why", "scopes": ["s"], "micros": 17, "arguments": {"a": 1},
    });
    let rules = "allow := {\"allow\": false, \"scopes\": [\"s\"], \"reason\": \"why\"}";
    assert_eq!(parsed(rules, &input), expected);

    let document = Document::from_json("{}").expect("an input");
    let decision = decide("allow if input.nothing", &document);
    let record =
        Record { id: "d2", revision: "r2", dry_run: true, document: &document, decision: &decision, micros: 0 };
    let expected = json!({
        "decision_id": "d2", "revision": "r2", "dry_run": true, "result": "deny", "cause": "undefined", "micros": 0,
        "reason": "`data.wasmcp.allow` has no value for this input: no rule allows it",
    });
    assert_eq!(serde_json::from_str::<Value>(&record.to_line(&RecordOptions::default())).expect("JSON"), expected);
}

#[test]
fn no_secret_is_in_a_record() {
    let names = [
        "password",
        "Password",
        "user_password",
        "pass-phrase",
        "api_key",
        "apiKey",
        "X-API-Key",
        "access_token",
        "clientSecret",
        "Authorization",
        "credentials",
        "session_id",
        "private_key",
        "pin",
        "OTP",
    ];
    for name in names {
        let input =
            json!({"arguments": {name: "s3cr3t", "deep": [{name: ["s3cr3t", {"x": "s3cr3t"}]}], "plain": "kept"}});
        let line = line("allow := true", &input, &OPTIONS);
        assert!(!line.contains("s3cr3t") && line.contains("kept"), "{name}: {line}");
    }
    for (redact, arguments, expected) in [
        (r#"["card"]"#, json!({"card": "x", "b": 1}), json!({"card": "[masked]", "b": 1})),
        (r#"["/a/b"]"#, json!({"a": {"b": {"c": 1}, "d": 2}}), json!({"a": {"b": "[masked]", "d": 2}})),
        (
            r#"["a/b"]"#,
            json!({"a": [{"b": 1}, {"b": 2, "c": 3}]}),
            json!({"a": [{"b": "[masked]"}, {"b": "[masked]", "c": 3}]}),
        ),
        (r#"["a/b"]"#, json!({"a/b": 1}), json!({"a/b": "[masked]"})),
        (r#"["absent", "a/absent"]"#, json!({"a": 1}), json!({"a": 1})),
    ] {
        let rules = format!("allow := {{\"allow\": true, \"redact\": {redact}}}");
        assert_eq!(parsed(&rules, &json!({ "arguments": arguments }))["arguments"], expected, "{redact}");
    }
    for (uri, shown) in [
        ("https://user:s3cr3t@example.com/a?token=s3cr3t", "https://example.com/a?[masked]"),
        ("file:///a/b", "file:///a/b"),
        ("custom:x?s3cr3t", "custom:x?[masked]"),
        ("x://a@s3cr3t@host", "x://host"),
    ] {
        assert_eq!(parsed("allow := true", &json!({"resource": {"uri": uri, "template": false}}))["name"], shown);
    }
    let input = json!({"tool": {"name": "a"}, "arguments": {"kept": 1}});
    assert!(!line("allow := true", &input, &RecordOptions::default()).contains("kept"));
}

#[test]
fn arguments_that_do_not_fit_into_a_record_are_left_out_of_it_and_what_is_masked_fits() {
    let long = "x".repeat(OPTIONS.max_bytes);
    let many = vec![0; OPTIONS.max_bytes];
    let every_kind = json!({"a": [1, -2, 0.5, true, null, "b", {"": {}}]});
    for (arguments, redact, expected) in [
        (every_kind.clone(), "absent", Some(every_kind)),
        (json!({"a": long}), "absent", None),
        (json!({"a": [many]}), "absent", None),
        (json!({&long: 1}), "absent", None),
        (
            json!({"password": long, "b": {"token": [many]}}),
            "absent",
            Some(json!({"password": "[masked]", "b": {"token": "[masked]"}})),
        ),
        (json!({"a": [{"b": many, "c": 1}]}), "//a//b", Some(json!({"a": [{"b": "[masked]", "c": 1}]}))),
        (json!({"a": {"b/c": long}}), "a/b/c", Some(json!({"a": {"b/c": "[masked]"}}))),
    ] {
        let rules = format!("allow := {{\"allow\": true, \"redact\": [{redact:?}]}}");
        let record = parsed(&rules, &json!({ "arguments": arguments }));
        assert_eq!(record.get("arguments"), expected.as_ref(), "{redact}");
        assert_eq!(record["arguments_omitted"] == true, expected.is_none(), "{redact}");
    }
    // Arguments that no policy was given.
    for (input, is_omitted) in [
        (json!({"phase": "call", "tool": {"name": "a"}}), true),
        (json!({"phase": "call", "prompt": {"name": "a"}}), true),
        (json!({"phase": "call", "resource": {"uri": "a:/b", "template": false}}), false),
        (json!({"phase": "call", "method": "tools/list"}), false),
    ] {
        assert_eq!(parsed("allow := true", &input)["arguments_omitted"] == true, is_omitted, "{input}");
    }
}

#[test]
fn a_record_is_one_line_within_its_limit_whatever_is_in_it() {
    let mut nasty = String::new();
    for code in (0..0x100).chain(0x2000..0x2070).chain([0xfeff, 0x1f600, 0xe0041]) {
        write!(nasty, "{}", char::from_u32(code).expect("a character")).expect("a text");
    }
    nasty.push_str("\r\n{\"decision_id\": \"forged\"}\n\u{1b}[31m");
    for length in [1, 100, 100_000] {
        let text = nasty.repeat(length / nasty.len() + 1);
        let many: Vec<_> = (0..length.min(60)).map(|at| format!("s{at}{}", "x".repeat(length / 60))).collect();
        let input = json!({
            "phase": &text, "method": &text, "path": &text, "view": &text,
            "tool": {"name": &text, "provider": &text}, "arguments": {&text: [&text, {"deep": &text}]},
            "identity": {"issuer": &text, "subject": &text, "client": &text},
            "request": {"id": &text, "address": &text},
            "many": many,
        });
        let rules = "allow := {\"allow\": false, \"scopes\": input.many, \"reason\": input.tool.name}";
        for max_bytes in [0, 4096, 16 * 1024] {
            for arguments in [false, true] {
                let line = line(rules, &input, &RecordOptions { arguments, max_bytes });
                assert!(line.len() <= max_bytes.max(RecordOptions::MIN_BYTES), "{} bytes of {max_bytes}", line.len());
                let deceptive = |letter: char| {
                    letter.is_control()
                        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
                };
                assert!(!line.contains(deceptive), "{line:?}");
                let parsed: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
                assert_eq!((&parsed["decision_id"], &parsed["result"]), (&json!("d1"), &json!("step-up")));
            }
        }
    }
}
