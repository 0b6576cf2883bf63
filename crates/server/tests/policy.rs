//! Tests of the policy: it decides about exactly the request that will run, before a provider gets any of it, and an item that it hides does
//! not exist for the client.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod scripted;

use std::sync::{Arc, Mutex};

use catalog::Catalog;
use contract::model::{CacheHint, CacheScope, Context, McpError, ResourceBody};
use scripted::{
    DenyAll, HideSecrets, LIFECYCLE, METHODS, Scripted, Server, StepUp, UNDECODABLE, VERSIONS, complete, contents, leg,
    modern, post, provider,
};
use server::{AccessRequest, AllowAll, Authorizer, BoxFuture, Decision, ListRequest, Visibility};

#[test]
fn under_a_policy_that_denies_everything_no_provider_sees_any_call() {
    for catalogue_static in [true, false] {
        let provider = provider(catalogue_static);
        let calls = Arc::clone(&provider.calls);
        let server = Server::with(provider, |engine| engine.with_authorizer(DenyAll));
        let of_versions = VERSIONS.iter().flat_map(|version| {
            METHODS.iter().chain(UNDECODABLE).map(move |(method, params)| (*version, *method, *params))
        });
        for (version, method, params) in of_versions.chain(LIFECYCLE.iter().copied()) {
            let reply = server.request(version, method, &params.replace("NAME", "shown"));
            assert!(reply.code().is_some(), "{version} {method}: {:?}", reply.chunks);
            assert_eq!(*calls.lock().expect("lock"), [""; 0], "{version} {method}");
        }
    }
}

#[test]
fn another_catalogue_has_other_items_under_the_same_policy() {
    let listed = |server: &Server| {
        let tools = server.request("2026-07-28", "tools/list", "").json()["result"]["tools"].clone();
        let names =
            tools.as_array().expect("tools").iter().map(|tool| tool["name"].as_str().expect("a name").to_owned());
        names.collect::<Vec<_>>()
    };
    let mut other = provider(true);
    other.tools = ["new", "new-secret"].map(|name| scripted::tool(name, r#"{"type":"object"}"#)).into();
    let first = Server::with(provider(true), |engine| engine.with_authorizer(HideSecrets::default()));
    let second = Server(Arc::new(first.0.with_catalog(Catalog::pass_through(other, None))));
    assert_eq!((listed(&second), listed(&first)), (vec!["new".to_owned()], vec!["shown".to_owned()]));
}

#[test]
fn a_filtered_list_has_no_hidden_item_and_is_private() {
    for (method, items, key) in [
        ("tools/list", "tools", "name"),
        ("prompts/list", "prompts", "name"),
        ("resources/list", "resources", "uri"),
        ("resources/templates/list", "resourceTemplates", "uriTemplate"),
    ] {
        let provider = || {
            let mut provider = provider(true);
            provider.cache = Some(CacheHint { ttl_ms: 60_000, scope: CacheScope::Public });
            provider
        };
        let result = |server: Server| server.request("2026-07-28", method, "").json()["result"].clone();
        let open = result(Server::of(provider()));
        assert_eq!((&open["cacheScope"], &open["ttlMs"]), (&"public".into(), &60_000.into()), "{method}");
        assert_eq!(open[items].as_array().map(Vec::len), Some(2), "{method}");

        let filtered = result(Server::with(provider(), |engine| engine.with_authorizer(HideSecrets::default())));
        assert_eq!((&filtered["cacheScope"], &filtered["ttlMs"]), (&"private".into(), &5.into()), "{method}");
        let listed = filtered[items].as_array().expect(items);
        assert_eq!(listed.len(), 1, "{method}: {filtered}");
        assert!(listed[0][key].as_str().expect(key).contains("shown"), "{method}: {filtered}");
    }
}

#[test]
fn a_resource_that_not_every_caller_may_read_is_private() {
    let provider = || {
        let mut provider = provider(true);
        provider.read_resource = Box::new(|_, read| {
            let outcome = contents(&read.uri, ResourceBody::Text("text".into()));
            let contract::model::ResourceOutcome::Complete(mut output) = outcome else { unreachable!() };
            output.cache = Some(CacheHint { ttl_ms: 60_000, scope: CacheScope::Public });
            Ok(contract::model::ResourceLeg {
                events: vec![],
                outcome: contract::model::ResourceOutcome::Complete(output),
            })
        });
        provider
    };
    for (server, scope) in [
        (Server::of(provider()), "public"),
        (Server::with(provider(), |engine| engine.with_authorizer(AllowAll)), "public"),
        (Server::with(provider(), |engine| engine.with_authorizer(HideSecrets::default())), "private"),
    ] {
        let result = server.request("2026-07-28", "resources/read", r#""uri":"test:/shown""#).json();
        assert_eq!(result["result"]["cacheScope"], scope);
    }
    let unnamed = || {
        let mut provider = provider();
        provider.read_resource = Box::new(|_, _| {
            let json = r#"{"resultType":"x-other","ttlMs":60000,"cacheScope":"public"}"#.to_owned();
            let outcome = contract::model::ResourceOutcome::Unnamed(json);
            Ok(contract::model::ResourceLeg { events: vec![], outcome })
        });
        provider
    };
    for (server, ttl_ms, scope) in [
        (Server::of(unnamed()), 60_000, "public"),
        (Server::with(unnamed(), |engine| engine.with_authorizer(HideSecrets::default())), 0, "private"),
    ] {
        let result = server.request("2026-07-28", "resources/read", r#""uri":"test:/shown""#).json();
        assert_eq!((&result["result"]["cacheScope"], &result["result"]["ttlMs"]), (&scope.into(), &ttl_ms.into()));
    }
}

#[test]
fn the_policy_is_asked_once_with_exactly_what_the_provider_gets() {
    let ran: Arc<Mutex<Vec<String>>> = Arc::default();
    let ran_by_provider = Arc::clone(&ran);
    let provider = Scripted::new(move |_, call| {
        ran_by_provider.lock().expect("lock").push(format!("{} {}", call.name, call.arguments));
        match &*call.name {
            "say" => leg(complete("done")),
            unknown => Err(McpError::UnknownName(unknown.to_owned())),
        }
    });
    let policy = HideSecrets::default();
    let asked = Arc::clone(&policy.0);
    let server = Server::with(provider, |engine| engine.with_authorizer(policy));
    server.call("secret", r#"{"a":1}"#, "");
    server.call("absent", r#"{"a":1}"#, "");
    server.call("say", r#"{ "b": [1, 2.50] }"#, "");
    server.send(post(&[], r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say"}}"#));
    assert_eq!(*ran.lock().expect("lock"), [r#"absent {"a":1}"#, r#"say { "b": [1, 2.50] }"#, "say {}"]);
    let expected = [
        r#"tools/call Tool { name: "secret", arguments: "{\"a\":1}" }"#,
        r#"tools/call Tool { name: "absent", arguments: "{\"a\":1}" }"#,
        r#"tools/call Tool { name: "say", arguments: "{ \"b\": [1, 2.50] }" }"#,
        r#"tools/call Tool { name: "say", arguments: "{}" }"#,
    ];
    assert_eq!(*asked.lock().expect("lock"), expected);
}

#[test]
fn a_call_that_needs_more_scopes_is_challenged_with_all_of_them() {
    let server = Server::with(provider(true), |engine| engine.with_authorizer(StepUp));
    let reply = server.send(modern("resources/read", r#""uri":"test:/shown""#, ""));
    let challenge = r#"Bearer error="insufficient_scope", scope="read write", error_description="the token lacks scopes: this needs read write""#;
    assert_eq!((reply.status, &reply.headers["www-authenticate"]), (403, &challenge.parse().expect("header")));
    assert!(!reply.chunks.concat().contains("too few scopes"), "the reason is for the log");
}

/// The owner of an item, and whether it is a tool that may run twice.
type OwnerAndRepeatable = (Option<String>, Option<bool>);

/// Records the facts of the items about which the engine asks it.
struct Facts(Arc<Mutex<Vec<OwnerAndRepeatable>>>);

impl Authorizer for Facts {
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        let facts = request.facts();
        let owner = facts.as_ref().map(|facts| facts.owner.to_string());
        let repeatable = facts.and_then(|facts| Some(facts.tool?.repeatable));
        self.0.lock().expect("lock").push((owner, repeatable));
        Box::pin(std::future::ready(Decision::allow("")))
    }
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::All))
    }
}

#[test]
fn the_policy_gets_the_owner_of_an_item() {
    let named = |name: &str, prefix: &str| catalog::NamedProvider {
        name: name.into(),
        prefix: Some(prefix.into()),
        provider: Scripted::everything(),
    };
    let providers = vec![named("one", "one."), {
        let mut two = named("two", "two.");
        two.provider.resources.clear();
        two.provider.templates.clear();
        two
    }];
    let context = Context::internal("start".into(), 1000);
    let built = catalog::Catalog::build(providers, &context);
    let catalog = futures_executor::block_on(built).expect("catalogue");
    let asked = Arc::new(Mutex::default());
    let engine = server::Engine::new(catalog, scripted::config(&[]), scripted::ports());
    let server = Server(Arc::new(engine.with_authorizer(Facts(Arc::clone(&asked)))));
    assert_eq!(server.call("two.shown", "{}", "").status, 200);
    server.request("2026-07-28", "prompts/get", r#""name":"one.shown""#);
    server.request("2026-07-28", "resources/read", r#""uri":"test:/shown""#);
    server.request("2026-07-28", "tools/list", "");
    let owner = |name: &str| Some(name.to_owned());
    let expected = [(owner("two"), Some(false)), (owner("one"), None), (owner("one"), None), (None, None)];
    assert_eq!(*asked.lock().expect("lock"), expected);
}
