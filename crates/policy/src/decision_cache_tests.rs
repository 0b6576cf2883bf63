//! Tests of what is kept: nothing that a decision with the same key could have answered otherwise.

#![allow(clippy::expect_used, reason = "tests fail loudly")]

use super::*;
use crate::bundle::Bundle;
use crate::bundle_files::File;
use crate::entry_point::EntryPoint::{self, Allow, Deny, Visible};
use crate::input::Members;
use Phase::{Call, List};

#[test]
fn answers_are_kept_that_read_nothing_of_what_differs_from_call_to_call() {
    let both: &[(EntryPoint, Phase)] = &[(Allow, List), (Allow, Call)];
    let lists: &[(EntryPoint, Phase)] = &[(Allow, List)];
    let none: &[(EntryPoint, Phase)] = &[];
    for (policy, kept) in [
        ("allow := true", both),
        (r#"allow if input.tool.name == "a""#, both),
        (r#"allow if every role in input.identity.roles { role != "guest" }"#, both),
        (r#"allow if { some x; input.tool[x] == "a" }"#, both),
        ("allow if input.arguments.a == 1", lists),
        (r#"allow if input["arguments"].a == 1"#, lists),
        ("x := input.arguments\nallow if x.a == 1", lists),
        ("f(x) := x.a\nallow if f(input.arguments) == 1", lists),
        ("allow if input.time > 0", none),
        (r#"allow if input["time"] > 0"#, none),
        ("allow if input.completion.value == \"a\"", none),
        (r#"allow if input.request.client.name == "a""#, none),
        ("allow if count([id | id := input.request.id]) == 1", none),
        ("allow if { some x; input[x] == 1 }", none),
        (r#"allow if object.get(input, "time", 0) > 1"#, none),
        ("allow if { x := input; x.time > 1 }", none),
        ("x := input\nallow if x.tool", none),
        ("is_late if input.time > 1\nallow if is_late", none),
        ("is_late if input.time > 1\nallow if data.wasmcp[\"is_late\"]", none),
        ("is_late if input.time > 1\nallow if is_late with input.time as 5", none),
        ("is_a if input.tool.name == \"a\"\nallow if is_a with input.tool as input.request", none),
        // A variable hides a name in its own query alone.
        (
            r#"role := input.request.id
            allow if { role := input.tool.name; role == "a" } else if { role == "b" }"#,
            none,
        ),
        (
            r#"role := input.arguments.a
            allow if { every role in input.identity.roles { role == "a" } } else if { role == "b" }"#,
            lists,
        ),
        (
            r#"role := input.path
            allow if { role := input.tool.name; role == "a" }"#,
            both,
        ),
        ("is_late[input.time] contains 1\nallow if is_late", none),
    ] {
        let text = format!("package wasmcp\n{policy}");
        assert_eq!(entries(&text), kept, "{policy}");
    }
    let all =
        "package wasmcp\nallow if input.time > 1\nvisible if input.tool\ndeny contains \"no\" if input.arguments.a";
    assert_eq!(entries(all), [(Visible, List), (Visible, Call), (Deny, List)]);
}

/// The second file is of the package `wasmcp` or `lib`.
#[test]
fn an_import_counts_in_every_file_of_its_package() {
    let both: &[(EntryPoint, Phase)] = &[(Allow, List), (Allow, Call)];
    let lists: &[(EntryPoint, Phase)] = &[(Allow, List)];
    let none: &[(EntryPoint, Phase)] = &[];
    for (policy, second, kept) in [
        ("import input.request as asked\nallow if asked.headers.a", "package wasmcp", none),
        ("allow if asked.headers.a", "package wasmcp\nimport input.request as asked", none),
        ("allow if now < 5", "package wasmcp\nimport input.time as now\nx if now > 1", none),
        ("allow if given.a", "package wasmcp\nimport input.arguments as given", lists),
        ("allow if tool.name", "package wasmcp\nimport input.tool as tool", both),
        ("import data.lib\nallow if lib.x", "package lib\nx if input.tool", both),
        // The package is evaluated as a whole: where a part fails, so does the decision.
        ("import data.lib\nallow if lib.x", "package lib\nx if input.tool\ny if input.time > 1", none),
        ("allow if data.lib.x", "package lib\nx if input.tool\ny if input.time > 1", both),
    ] {
        let text = format!("package wasmcp\n{policy}");
        let files = [File { path: "a.rego", text: &text }, File { path: "b.rego", text: second }];
        match Bundle::compile(&files) {
            Ok(bundle) => assert_eq!(kept_of(&bundle), kept, "{policy}\n{second}"),
            Err(error) => panic!("{policy}\n{second}\n{error}"),
        }
    }
}

#[test]
fn members_of_the_document_are_left_out_that_no_entry_point_can_read() {
    let none = Members::default();
    let (server, item, request) =
        (Members { server: true, ..none }, Members { item: true, ..none }, Members { request: true, ..none });
    let arguments = Members { arguments: true, ..none };
    for (policy, members) in [
        ("allow := true", none),
        ("unused if input.request.id\nallow if input.arguments.a", arguments),
        ("unused if input.arguments.a\nallow if input.tool.name", item),
        ("allow := true\ndeny contains 1 if \"a\" in object.keys(input[\"arguments\"])", arguments),
        ("import input.arguments as given\nx := given.a\nallow if x.b", arguments),
        ("allow := true\ndeny contains 1 if { {input.arguments.a: x} := data.b; x }", arguments),
        ("allow if { some {input.arguments.a: x} in data.b; x }", arguments),
        ("allow if input.server.name", server),
        ("allow if input.prompt.name", item),
        ("allow if input.completion", item),
        (r#"allow if input["request"].headers.a"#, request),
        ("import input.request as asked\nallow if asked.id", request),
        ("x := input.request\ny := x\nallow if y.id", request),
        ("x := input.request\nallow if { x := 1; x == 1 } else if { x.id }", request),
        ("allow if input.tool.name\ndeny contains 1 if input.server.name", server.and(item)),
        ("allow if input.tool.name\nvisible if input.request.id", request.and(item)),
        ("allow if { some x; input[x] == 1 }", Members::ALL),
        (r#"allow if object.get(input, "request", 1) == 1"#, Members::ALL),
        ("f(x) := x.request\nallow if f(input).id", Members::ALL),
        ("allow if data.wasmcp.x\nx if walk(input, [_, 1])", Members::ALL),
    ] {
        let text = format!("package wasmcp\n{policy}");
        let bundle = Bundle::compile(&[File { path: "policy.rego", text: &text }]).expect(policy);
        assert_eq!(bundle.members(), members, "{policy}");
    }
}

fn entries(text: &str) -> Vec<(EntryPoint, Phase)> {
    kept_of(&Bundle::compile(&[File { path: "policy.rego", text }]).expect(text))
}

fn kept_of(bundle: &Bundle) -> Vec<(EntryPoint, Phase)> {
    let all = EntryPoint::ALL.into_iter().flat_map(|entry| [(entry, List), (entry, Call)]);
    let has = |entry: EntryPoint| bundle.rules().has(entry.rule());
    all.filter(|(entry, phase)| has(*entry) && bundle.is_kept(*entry, *phase)).collect()
}

#[test]
fn each_member_makes_a_key_of_its_own() {
    let tool = |name, annotations| Item::Tool { name, annotations, arguments: "{}" };
    let plain = CacheInput {
        phase: Call,
        method: "tools/call",
        path: "/mcp",
        view: None,
        server: None,
        item: tool("a", None),
        provider: None,
        caller: 1,
    };
    let server = |name, version| Some(Server { name, version });
    let reads = |read_only| Some(Annotations { read_only, ..Annotations::default() });
    let others = [
        CacheInput { phase: List, ..plain },
        CacheInput { method: "tools/cal", path: "l/mcp", ..plain },
        CacheInput { path: "/mcp/a", ..plain },
        CacheInput { view: Some("a"), ..plain },
        CacheInput { view: Some(""), ..plain },
        CacheInput { server: server("a", "1"), ..plain },
        CacheInput { server: server("a1", ""), ..plain },
        CacheInput { item: tool("b", None), ..plain },
        CacheInput { item: tool("a", reads(None)), ..plain },
        CacheInput { item: tool("a", reads(Some(false))), ..plain },
        CacheInput { item: tool("a", reads(Some(true))), ..plain },
        CacheInput { item: Item::Prompt { name: "a", arguments: &[] }, ..plain },
        CacheInput { item: Item::Resource { uri: "a", template: false }, ..plain },
        CacheInput { item: Item::Resource { uri: "a", template: true }, ..plain },
        CacheInput { item: Item::Method, ..plain },
        CacheInput { provider: Some("a"), ..plain },
        CacheInput { caller: 2, ..plain },
    ];
    let keys: Vec<_> = std::iter::once(&plain).chain(&others).map(|input| Key::of(input).expect("short").0).collect();
    let distinct: std::collections::BTreeSet<_> = keys.iter().collect();
    assert_eq!(distinct.len(), keys.len());
    let arguments = CacheInput { item: Item::Tool { name: "a", annotations: None, arguments: r#"{"a":1}"# }, ..plain };
    assert!(Key::of(&arguments) == Key::of(&plain));
    assert!(Key::of(&CacheInput { item: tool(&"a".repeat(MAX_KEY), None), ..plain }).is_none());
}

#[test]
fn long_answers_are_not_kept() {
    let key = || Key(Box::new([1]));
    for (reason, is_kept) in [("short".to_owned(), true), ("x".repeat(MAX_TEXTS + 1), false)] {
        let cache = DecisionCache::new();
        cache.keep(key(), Answers { denial: Some(Some(reason)), decision: None });
        assert_eq!(cache.get(&key()).is_some(), is_kept);
    }
}
