//! What `wasmcp policy eval --explain` says of each rule: its value, that it has none, or why it could not be evaluated.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod files;

use files::{POLICIES, borrowed, folder};
use policy::{Bundle, Document, EntryPoint, File, RuleOutcome};

const POLICY: &str = "package wasmcp

allow if {
	reader
	small(input.arguments.n)
}

allow if writer

reader if \"reader\" in input.identity.roles

writer if \"writer\" in input.identity.roles

small(n) if n < data.lib.limit

deny contains \"no files\" if input.tool.provider == \"files\"

number := to_number(input.tool.name)

limits[name] := n if some name, n in {\"a\": 1}
";
const LIB: &str = "package lib

limit := 10

endless if {
	some a in numbers
	some b in numbers
	some c in numbers
	a + b + c < 0
}

numbers := [n | some n in input.many]
";

#[test]
fn each_rule_is_shown_in_the_order_of_the_files() {
    let files = [File { path: "lib.rego", text: LIB }, File { path: "policy.rego", text: POLICY }];
    let bundle = Bundle::compile(&files).expect("a policy");
    let many: Vec<u32> = (0..100).collect();
    let input = format!(
        r#"{{"phase": "call", "tool": {{"name": "add"}}, "arguments": {{"n": 3}}, "identity": {{"roles": ["reader"]}}, "many": {many:?}}}"#
    );
    let lines: Vec<String> =
        bundle.explain(&Document::from_json(&input).expect("an input")).iter().map(ToString::to_string).collect();
    let numbers = format!("lib.rego:12:1: data.lib.numbers = {many:?}").replace(", ", ",");
    for (line, expected) in lines.iter().zip([
        "lib.rego:3:1: data.lib.limit = 10",
        "lib.rego:5:1: data.lib.endless failed: it took more than 200000 steps",
        numbers.as_str(),
        "policy.rego:3:1: data.wasmcp.allow = true",
        "policy.rego:10:1: data.wasmcp.reader = true",
        "policy.rego:12:1: data.wasmcp.writer has no value",
        "policy.rego:16:1: data.wasmcp.deny = []",
        "policy.rego:18:1: data.wasmcp.number failed: policy.rego:18:",
        "policy.rego:20:1: data.wasmcp.limits = {\"a\":1}",
    ]) {
        assert!(line == expected || (expected.ends_with(':') && line.starts_with(expected)), "{line}\n{expected}");
    }
    assert_eq!(lines.len(), 9, "{lines:#?}");
}

#[test]
fn the_entry_points_are_explained_as_they_are_decided() {
    for name in POLICIES {
        let bundle = Bundle::compile(&borrowed(&folder(name))).unwrap_or_else(|error| panic!("{name}: {error}"));
        let document = Document::from_json(
            r#"{"phase": "call", "method": "tools/call", "tool": {"name": "add"}, "arguments": {}, "time": 0}"#,
        );
        let document = document.expect("an input");
        let explained = bundle.explain(&document);
        for entry in EntryPoint::ALL {
            let Some(rule) = explained.iter().find(|rule| rule.path == entry.rule()) else { continue };
            let expected = match bundle.value(entry, &document) {
                Ok(Some(json)) => RuleOutcome::Value(json),
                Ok(None) => RuleOutcome::Undefined,
                Err(error) => panic!("{name}: {error}"),
            };
            assert_eq!(rule.outcome, expected, "{name} {entry}");
        }
        assert!(explained.iter().any(|rule| rule.path == "data.wasmcp.allow"), "{name}");
    }
}
