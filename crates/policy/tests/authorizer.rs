//! Tests of the policy as the authorizer of an engine: lists equal calls, nothing of the denied can be told from the absent, and each request is
//! decided by one revision.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod engine;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use engine::{Fixed, ITEMS, Lines, Reply, Server, caller};
use policy::{Bundle, DecisionLog, File, LazyAuthorizer, MAX_VALUES, PolicyOptions, RecordOptions};
use server::{Authorizer as _, Ports};

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
                        let is_allowed = matches!(reply, Reply::Result(_) | Reply::StepUp(_));
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
fn denials_can_be_told() {
    let options = PolicyOptions { denials: settings::Denials::Forbidden, ..PolicyOptions::default() };
    let server = Server::of(bundle("allow := false"), options, true, caller("ada"));
    assert!(matches!(server.ask("tools/call", r#""name":"one.a","arguments":{}"#), Reply::Forbidden));
}

#[test]
fn a_challenge_names_what_the_token_has_beside_what_it_lacks() {
    for (subject, policy, scopes) in [
        ("ada", r#"allow := {"allow": false, "scopes": ["write", "more"]}"#, "write more basic"),
        ("ada", r#"allow := {"allow": false, "scopes": ["write"]}"#, "write basic more"),
        ("bob", r#"allow := {"allow": false, "scopes": ["write"]}"#, "write"),
        ("", r#"allow := {"allow": false, "scopes": ["write"]}"#, "write"),
    ] {
        let server = Server::of(bundle(policy), PolicyOptions::default(), true, caller(subject));
        let reply = server.ask("tools/call", r#""name":"one.a","arguments":{}"#);
        assert!(matches!(&reply, Reply::StepUp(found) if found == scopes), "{subject} {policy}: {reply:?}");
    }
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

/// A list is asked for and filtered by one bundle: one that allows all shows an item, one that denies all has no list.
#[test]
fn a_request_is_decided_by_one_revision_while_others_are_put_in_force() {
    let lines = Arc::new(Lines::default());
    let options = PolicyOptions { log: Some(Arc::clone(&lines) as _), ..PolicyOptions::default() };
    let server = Server::of(bundle("allow := true"), options, true, caller("ada"));
    let open = server.policy.revision();
    let (shown, denied, is_done) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while !is_done.load(Ordering::Relaxed) {
                    match server.ask("tools/list", "") {
                        Reply::Result(page) if page["tools"].as_array().map(Vec::len) == Some(1) => &shown,
                        Reply::Absent(_) => &denied,
                        other => {
                            is_done.store(true, Ordering::Relaxed);
                            panic!("two revisions in one request: {other:?}");
                        }
                    }
                    .fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        for policy in ["allow := false", "allow := true"].iter().cycle() {
            server.policy.replace(bundle(policy));
            let is_enough = [&shown, &denied].iter().all(|count| count.load(Ordering::Relaxed) > 200);
            if is_enough || is_done.load(Ordering::Relaxed) {
                break;
            }
        }
        is_done.store(true, Ordering::Relaxed);
    });
    let (shown, denied) = (shown.into_inner(), denied.into_inner());
    let lines = lines.take();
    assert_eq!(lines.len(), shown + denied);
    for line in &lines {
        let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert_eq!(line["result"] == "allow", line["revision"] == open.as_str(), "{line}");
    }
}

#[test]
fn a_dry_run_changes_no_answer() {
    for policy in POLICIES {
        for dry_run in POLICIES.iter().chain(&["allow if count(input) < input.time / 0", "allow := 1"]) {
            for is_static in [true, false] {
                let [with, without] = [Some(dry_run), None].map(|dry_run| {
                    let lines = Arc::new(Lines::default());
                    let options = PolicyOptions { log: Some(lines as _), ..PolicyOptions::default() };
                    let server = Server::of(bundle(policy), options, is_static, caller("ada"));
                    if let Some(dry_run) = dry_run {
                        server.policy.set_dry_run(bundle(dry_run));
                    }
                    server
                });
                for (list, _, _, call, names) in ITEMS {
                    let asked =
                        names.iter().map(|name| (call, engine::params(call, name))).chain([(list, String::new())]);
                    for (method, params) in asked {
                        let [with, without] = [&with, &without].map(|server| {
                            let response = server.exchange("/mcp", "2025-11-25", method, &params, &[]);
                            (response.status(), format!("{:?}", response.headers()), response.into_body())
                        });
                        assert_eq!(with, without, "{policy}\n{dry_run}\n{method} {params}");
                    }
                }
            }
        }
    }
}

#[test]
fn every_call_has_one_record_and_one_more_where_the_engine_denies_what_was_allowed() {
    const READS: &str = "allow if input.tool.annotations.readOnlyHint\nallow if input.prompt.provider == \"two\"";
    for (path, policy, method, name, is_static, changing) in [
        ("/mcp", "allow := true", "tools/call", "one.a", "allow rule", "allow rule"),
        ("/mcp", "allow := true", "tools/call", "one.absent", "allow rule", "allow rule"),
        ("/mcp", "allow := false", "tools/call", "one.a", "deny rule", "deny rule"),
        ("/mcp", "allow := true", "resources/read", "one:/a", "allow rule", "allow rule"),
        ("/mcp", "allow := true", "tools/list", "", "allow rule", "allow rule"),
        ("/mcp", READS, "tools/call", "one.a", "allow rule", "allow rule"),
        ("/mcp", READS, "tools/call", "one.b", "deny undefined", "deny undefined"),
        ("/mcp", READS, "prompts/get", "two.a", "allow rule", "allow rule"),
        ("/mcp", READS, "tools/call", "one.absent", "deny unknown", "deny unknown"),
        ("/mcp", READS, "tools/call", "absent", "deny unknown", "deny unknown"),
        ("/mcp/one", "allow := true", "tools/call", "one.b", "allow rule", "allow rule"),
        // What a tool says of itself, and who owns it, is known when its provider has been listed.
        ("/mcp/one", "allow := true", "tools/call", "two.a", "deny view", "allow rule, deny view"),
        ("/mcp/one", "allow := true", "prompts/get", "two.a", "deny view", "allow rule, deny view"),
        ("/mcp/one", READS, "tools/call", "two.a", "deny view", "deny view"),
        ("/mcp/readers", "allow := true", "tools/call", "one.a", "allow rule", "allow rule"),
        ("/mcp/readers", "allow := true", "tools/call", "one.b", "deny view", "allow rule, deny view"),
        ("/mcp/readers", READS, "tools/call", "one.b", "deny view", "deny view"),
        ("/mcp/tools", "allow := true", "tools/call", "one.b", "deny view", "deny view"),
    ] {
        for (catalogue_static, expected) in [(true, is_static), (false, changing)] {
            let lines = Arc::new(Lines::default());
            let options = PolicyOptions { log: Some(Arc::clone(&lines) as _), ..PolicyOptions::default() };
            let server = Server::of(bundle(policy), options, catalogue_static, caller("ada"));
            let params = if name.is_empty() { String::new() } else { engine::params(method, name) };
            server.exchange(path, "2025-11-25", method, &params, &[]);
            let records: Vec<serde_json::Value> =
                lines.take().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
            let text =
                |record: &serde_json::Value, member: &str| record[member].as_str().unwrap_or_default().to_owned();
            let found: Vec<_> =
                records.iter().map(|record| format!("{} {}", text(record, "result"), text(record, "cause"))).collect();
            assert_eq!(found.join(", "), expected, "{path} {policy} {method} {name}, static: {catalogue_static}");
            assert!(records.iter().all(|record| text(record, "name") == name), "{records:?}");
        }
    }
}

#[test]
fn arguments_with_too_many_values_are_denied_where_the_policy_reads_them_and_nowhere_else() {
    const OPEN: &str = "allow := true";
    const READS: &str = "allow := true\ndeny contains \"no\" if input.arguments.absent";
    // The object and the list are values too.
    let arguments = |values: usize| format!(r#"{{"a":[{}0]}}"#, "0,".repeat(values - 3));
    for (policy, dry_run, is_allowed, too_many) in [
        (OPEN, None, true, "allow rule"),
        (READS, None, false, "deny input"),
        ("allow := true\nvisible if input.arguments.absent", None, false, "deny input"),
        (OPEN, Some(OPEN), true, "allow rule, allow rule"),
        (OPEN, Some(READS), true, "deny input, allow rule"),
        (READS, Some(OPEN), false, "deny input"),
    ] {
        let fits = if dry_run.is_some() { "allow rule, allow rule" } else { "allow rule" };
        for logged_arguments in [None, Some(false), Some(true)] {
            let lines = Arc::new(Lines::default());
            let log: Arc<dyn DecisionLog> = lines.clone();
            let options = PolicyOptions {
                record: RecordOptions { arguments: logged_arguments == Some(true), ..RecordOptions::default() },
                log: logged_arguments.map(|_| log),
                ..PolicyOptions::default()
            };
            let server = Server::of(bundle(policy), options, true, caller("ada"));
            if let Some(dry_run) = dry_run {
                server.policy.set_dry_run(bundle(dry_run));
            }
            // Later calls are decided by answers that are kept.
            for (values, is_allowed, records) in [
                (MAX_VALUES + 1, is_allowed, too_many),
                (MAX_VALUES, true, fits),
                (MAX_VALUES + 1, is_allowed, too_many),
            ] {
                let params = format!(r#""name":"one.a","arguments":{}"#, arguments(values));
                let reply = server.ask("tools/call", &params);
                let what = format!("{policy}\n{dry_run:?}\n{values} {logged_arguments:?}");
                assert_eq!(matches!(reply, Reply::Result(_)), is_allowed, "{what}");
                let mut found = Vec::new();
                for line in lines.take() {
                    let record: serde_json::Value = serde_json::from_str(&line).expect("JSON");
                    assert_eq!(record["arguments_omitted"] == true, logged_arguments == Some(true), "{what}: {record}");
                    assert_eq!(record["name"], "one.a", "{what}");
                    found.push(format!("{} {}", record["result"], record["cause"]).replace('"', ""));
                }
                assert_eq!(found.join(", "), if logged_arguments.is_some() { records } else { "" }, "{what}");
            }
        }
    }
    // A prompt has texts by their names.
    for policy in [OPEN, READS] {
        let server = Server::of(bundle(policy), PolicyOptions::default(), true, caller("ada"));
        for (values, is_allowed) in [(MAX_VALUES, true), (MAX_VALUES + 1, policy == OPEN)] {
            let texts: Vec<_> = (1..values).map(|at| format!("\"{at}\":\"\"")).collect();
            let params = format!(r#""name":"one.a","arguments":{{{}}}"#, texts.join(","));
            let reply = server.ask("prompts/get", &params);
            assert_eq!(matches!(reply, Reply::Result(_)), is_allowed, "{policy}: {values}");
        }
    }
}

#[test]
fn a_lazy_policy_is_compiled_when_it_is_first_asked_and_never_again() {
    for (text, expected) in [("package wasmcp\nallow := true", true), ("package wasmcp\nallow if {", false)] {
        let count = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&count);
        let compile = move || {
            counter.fetch_add(1, Ordering::Relaxed);
            Bundle::compile(&[File { path: "policy.rego", text }]).map_err(|error| error.to_string())
        };
        let lazy = LazyAuthorizer::new(compile, PolicyOptions::default(), &Ports::new(Fixed, Fixed));
        assert_eq!(count.load(Ordering::Relaxed), 0, "{text}");
        for _ in 0..3 {
            let ready = lazy.ready();
            assert_eq!(ready.is_ok(), expected, "{text}: {ready:?}");
            assert!(ready.err().is_none_or(|problem| problem.contains("policy.rego")), "{text}");
            assert_eq!(count.load(Ordering::Relaxed), 1, "{text}");
        }
    }
}
