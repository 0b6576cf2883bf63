//! Tests of a policy that decides by owner, where only a list tells the owner: it is asked again before the owner gets the call.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod scripted;

use std::sync::{Arc, Mutex};

use catalog::{Catalog, NamedProvider};
use contract::model::Context;
use scripted::{Scripted, Server, tool};
use server::{AccessRequest, Authorizer, BoxFuture, Decision, Engine, ListRequest, Visibility};

/// Denies everything that the provider `changing` owns, and records the owner each time that it is asked.
#[derive(Default)]
struct DenyChanging(Arc<Mutex<Vec<Option<String>>>>);

impl Authorizer for DenyChanging {
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        let owner = request.facts().map(|facts| facts.owner.to_string());
        let denied = owner.as_deref() == Some("changing");
        self.0.lock().expect("lock").push(owner);
        let decision = if denied { Decision::deny("its owner") } else { Decision::allow("another owner") };
        Box::pin(std::future::ready(decision))
    }
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::All))
    }
}

type Calls = Arc<Mutex<Vec<&'static str>>>;

/// A server of the providers `changing` and `fixed`. Both have the same names, and only the first has resources.
fn server(change: impl FnOnce(Engine<Scripted>) -> Engine<Scripted>) -> (Server, Calls) {
    let mut changing = Scripted::everything();
    changing.info.catalogue_static = false;
    // A call without the header is refused, unless the tool does not exist for the caller.
    let region = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;
    changing.tools = vec![tool("shown", region)];
    let calls = Arc::clone(&changing.calls);
    let mut fixed = Scripted::everything();
    fixed.resources.clear();
    fixed.templates.clear();
    let named = |name: &str, provider| NamedProvider { name: name.into(), prefix: Some(format!("{name}.")), provider };
    let providers = vec![named("changing", changing), named("fixed", fixed)];
    let context = Context::internal("start".into(), 1000);
    let catalog = futures_executor::block_on(Catalog::build(providers, &context)).expect("catalogue");
    calls.lock().expect("lock").clear();
    (Server(Arc::new(change(Engine::new(catalog, scripted::config(&[]), scripted::ports())))), calls)
}

const METHODS: &[(&str, &str, &str)] = &[
    ("tools/call", r#""name":"changing.NAME","arguments":{"region":"eu"}"#, "call-tool"),
    ("prompts/get", r#""name":"changing.NAME""#, "get-prompt"),
    ("resources/read", r#""uri":"test:/NAME""#, "read-resource"),
    (
        "completion/complete",
        r#""ref":{"type":"ref/prompt","name":"changing.NAME"},"argument":{"name":"a","value":"v"}"#,
        "complete",
    ),
    (
        "completion/complete",
        r#""ref":{"type":"ref/resource","uri":"test:/NAME/{a}"},"argument":{"name":"a","value":"v"}"#,
        "complete",
    ),
];

#[test]
fn what_is_denied_once_its_owner_is_found_answers_as_what_does_not_exist_and_is_not_called() {
    for version in ["2026-07-28", "2025-11-25", "2025-06-18"] {
        for (method, params, function) in METHODS {
            let answer = |name: &str, owners: &[Option<&str>]| {
                let policy = DenyChanging::default();
                let asked = Arc::clone(&policy.0);
                let (server, calls) = server(|engine| engine.with_authorizer(policy));
                let reply = server.request(version, method, &params.replace("NAME", name));
                assert_eq!(
                    *asked.lock().expect("lock"),
                    owners.iter().map(|it| it.map(str::to_owned)).collect::<Vec<_>>()
                );
                let calls = calls.lock().expect("lock").clone();
                assert!(!calls.contains(function), "{version} {method}: {calls:?}");
                assert!(calls.iter().any(|call| call.starts_with("list-")), "{version} {method}: {calls:?}");
                (reply.status, format!("{:?}", reply.headers), reply.chunks.concat().replace(name, "NAME"))
            };
            let denied = answer("shown", &[None, Some("changing")]);
            assert_eq!(denied, answer("absent", &[None]), "{version} {method}");
            assert!(denied.2.contains("error"), "{version} {method}: {}", denied.2);
        }
    }
}

#[test]
fn what_is_allowed_runs_and_the_policy_is_asked_again_only_where_the_owner_was_not_known() {
    for (method, params, function) in METHODS {
        let (open, calls) = server(|engine| engine);
        assert_eq!(open.request("2025-11-25", method, &params.replace("NAME", "shown")).status, 200, "{method}");
        assert!(calls.lock().expect("lock").contains(function), "{method}");
    }
    let policy = DenyChanging::default();
    let asked = Arc::clone(&policy.0);
    let (server, calls) = server(|engine| engine.with_authorizer(policy));
    let reply = server.call("fixed.shown", "{}", "");
    assert_eq!(reply.json()["result"]["content"][0]["text"], "done");
    assert_eq!(*asked.lock().expect("lock"), [Some("fixed".to_owned())]);
    assert_eq!(*calls.lock().expect("lock"), [""; 0]);
}
