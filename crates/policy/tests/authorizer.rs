//! Tests of the policy as the authorizer of an engine: lists equal calls, nothing of the denied can be told from the absent, and each request is
//! decided by one revision.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod engine;

use std::sync::Arc;

use engine::{ITEMS, Lines, Reply, Server, caller};
use policy::{Bundle, File, PolicyOptions};
use server::Authorizer as _;

fn bundle(text: &str) -> Bundle {
    let text = format!("package wasmcp\n{text}");
    Bundle::compile(&[File { path: "policy.rego", text: &text }]).expect("a policy")
}

/// Policies that tell items apart by all that a list knows of them.
const POLICIES: [&str; 8] = [
    "allow := true",
    "allow := false",
    r#"allow if endswith(name, "a")
name := input.tool.name
name := input.prompt.name
name := trim_suffix(input.resource.uri, "/{x}") if input.resource"#,
    r#"allow if input.tool.annotations.readOnlyHint
allow if input.prompt
allow if input.resource.provider == "one""#,
    r#"allow if input.tool.provider == "two"
allow if input.identity.subject == "ada""#,
    r#"default allow := false
allow if "reader" in input.identity.roles
deny contains "no prompts" if input.prompt"#,
    r#"allow := {"allow": false, "scopes": ["more"]} if input.tool
allow := true if not input.tool"#,
    r#"visible := true
allow if input.arguments.a == "1"
allow if input.resource"#,
];

#[test]
fn a_list_shows_what_the_policy_lets_call() {
    for policy in POLICIES.iter().take(7) {
        for is_static in [true, false] {
            for subject in ["ada", "bob", ""] {
                let server = Server::of(bundle(policy), PolicyOptions::default(), is_static, caller(subject));
                for (list, member, key, call, names) in ITEMS {
                    let what = format!("{policy}\n{list}, static: {is_static}, {subject}");
                    let listed = server.listed(list, member, key);
                    // Whether a list may be asked for is a question of its own.
                    let Some(listed) = listed else { continue };
                    for name in *names {
                        let reply = server.ask(call, &engine::params(call, name));
                        let is_allowed = matches!(reply, Reply::Result(_) | Reply::StepUp);
                        assert_eq!(listed.iter().any(|listed| listed == name), is_allowed, "{what}: {name}: {reply:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn arguments_decide_about_calls_and_not_about_lists() {
    let server = Server::of(bundle(POLICIES[7]), PolicyOptions::default(), true, caller("ada"));
    let call = |arguments: &str| server.ask("tools/call", &format!(r#""name":"one.a","arguments":{arguments}"#));
    assert!(matches!(call(r#"{"a":"1"}"#), Reply::Result(_)));
    assert!(matches!(call(r#"{"a":"2"}"#), Reply::Absent(_)));
}

#[test]
fn a_policy_sees_the_arguments_as_a_provider_does() {
    let number = r#"{"x":{"$serde_json::private::Number":"1e2000000000"}}"#;
    for (policy, arguments, is_allowed) in [
        ("allow if is_object(input.arguments.x)", number, true),
        ("allow if is_number(input.arguments.x)", number, false),
        ("allow if input.arguments.x == 18446744073709551615", r#"{"x":18446744073709551615}"#, true),
        ("allow if input.arguments.x == -5", r#"{"x":-5}"#, true),
        ("allow if input.arguments.x == 0.5", r#"{"x":0.5}"#, true),
        ("allow if input.arguments.x == [null, true, \"a\"]", r#"{"x":[null,true,"a"]}"#, true),
    ] {
        let server = Server::of(bundle(policy), PolicyOptions::default(), true, caller("ada"));
        let reply = server.ask("tools/call", &format!(r#""name":"one.a","arguments":{arguments}"#));
        assert_eq!(matches!(reply, Reply::Result(_)), is_allowed, "{policy}: {reply:?}");
    }
}

#[test]
fn what_is_denied_is_answered_as_what_is_absent() {
    for is_static in [true, false] {
        let policy = bundle("allow if input.method in {\"tools/list\", \"prompts/list\"}");
        let server = Server::of(policy, PolicyOptions::default(), is_static, caller("ada"));
        for (_, _, _, call, names) in ITEMS {
            for name in *names {
                let (denied, absent) = (server.text(call, name), server.text(call, "absent"));
                assert_eq!(denied.replace(name, "NAME"), absent.replace("absent", "NAME"), "{call} {name}");
            }
        }
        assert_eq!(server.calls(), Vec::<&str>::new(), "no provider is called for what is denied");
    }
}

#[test]
fn denials_can_be_told() {
    let options = PolicyOptions { denials: settings::Denials::Forbidden, ..PolicyOptions::default() };
    let server = Server::of(bundle("allow := false"), options, true, caller("ada"));
    assert!(matches!(server.ask("tools/call", r#""name":"one.a","arguments":{}"#), Reply::Forbidden));
}

#[test]
fn each_request_has_one_revision_and_a_bad_bundle_keeps_the_last() {
    let server = Server::of(bundle("allow := false"), PolicyOptions::default(), true, caller("ada"));
    let call = || server.ask("tools/call", r#""name":"one.a","arguments":{}"#);
    assert!(matches!(call(), Reply::Absent(_)));
    let before = server.policy.revision();
    server.policy.replace(bundle("allow := true"));
    assert!(matches!(call(), Reply::Result(_)));
    assert_ne!(server.policy.revision(), before);
    server.policy.keep("it is wrong".to_owned());
    assert_eq!(server.policy.ready(), Err("it is wrong".to_owned()));
    assert!(matches!(call(), Reply::Result(_)), "the last good policy decides");
    server.policy.replace(bundle("allow := true"));
    assert_eq!(server.policy.ready(), Ok(()));
}

#[test]
fn decisions_about_calls_are_recorded_and_those_of_a_dry_run_decide_nothing() {
    let lines = Arc::new(Lines::default());
    let options = PolicyOptions { log: Some(Arc::clone(&lines) as _), ..PolicyOptions::default() };
    let server = Server::of(bundle("allow := true"), options, true, caller("ada"));
    server.policy.set_dry_run(bundle("allow := false"));
    assert!(matches!(
        server.ask("tools/call", r#""name":"one.a","arguments":{"password":"hunter2"}"#),
        Reply::Result(_)
    ));
    let lines = lines.take();
    let read: Vec<serde_json::Value> = lines.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let results: Vec<_> = read.iter().map(|line| (line["dry_run"].clone(), line["result"].clone())).collect();
    assert_eq!(results, [(true.into(), "deny".into()), (serde_json::Value::Null, "allow".into())]);
    for line in &read {
        assert_eq!(
            (&line["name"], &line["provider"], &line["principal"]["subject"]),
            (&"one.a".into(), &"one".into(), &"ada".into())
        );
    }
    assert!(lines.iter().all(|line| !line.contains("hunter2")));
}
