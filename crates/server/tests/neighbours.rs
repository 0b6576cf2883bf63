//! Tests of a server of several providers of which one hangs: calls of the others neither ask it nor wait for it.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod scripted;

use std::sync::{Arc, Mutex};

use catalog::{BuildOptions, Catalog, NamedProvider};
use contract::model::Context;
use scripted::{Scripted, Server, complete, config, leg, ports, tool};
use server::Engine;

/// The functions of a provider that were called.
type Calls = Arc<Mutex<Vec<&'static str>>>;

/// A server of these providers, of which some may be away, and how many warnings there were at its start.
fn of(providers: [(&str, Scripted); 2]) -> (Server, usize) {
    let named = providers.map(|(name, provider)| NamedProvider { name: name.into(), prefix: None, provider });
    let (context, options) =
        (Context::internal("start".into(), 1000), BuildOptions { absence_allowed: true, ..BuildOptions::default() });
    let built = Catalog::build_with(named.into(), &context, &options);
    let (catalog, warnings) = futures_executor::block_on(built).expect("catalogue");
    (Server(Arc::new(Engine::new(catalog, config(&[]), ports()))), warnings.len())
}

/// A server of a provider with the tool `route`, static or not, and of one with the tool `ill` that hangs in this function
/// once the server has started. The calls are those of the first and of the second.
fn server(is_static: bool, hanging: &'static str) -> (Server, Calls, Calls) {
    let mut good = Scripted::new(|_, _| leg(complete("done")));
    let region = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;
    good.tools = vec![tool("route", region)];
    good.info.catalogue_static = is_static;
    let mut ill = Scripted::new(|_, _| leg(complete("done")));
    ill.tools = vec![tool("ill", r#"{"type":"object"}"#)];
    ill.info.catalogue_static = false;
    let (calls, hangs) = ([Arc::clone(&good.calls), Arc::clone(&ill.calls)], Arc::clone(&ill.hangs));
    // The provider that hangs is asked first where several are.
    let providers = [("ill", ill), ("good", good)];
    let (server, warnings) = of(providers);
    assert_eq!(warnings, 0);
    *hangs.lock().expect("lock") = Some(hanging);
    let [good, ill] = calls;
    for calls in [&good, &ill] {
        calls.lock().expect("lock").clear();
    }
    (server, good, ill)
}

#[test]
fn a_call_asks_its_owner_alone() {
    for is_static in [true, false] {
        for hanging in ["describe", "list-tools"] {
            let (server, good, ill) = server(is_static, hanging);
            let reply = server.call("route", r#"{}"#, "");
            assert_eq!((reply.status, reply.json()["result"]["isError"].is_null()), (200, true), "{hanging}");
            let missing = server.call("route", r#"{"region":"eu"}"#, "");
            assert_eq!((missing.status, missing.code()), (400, Some(-32020)), "the header matters: {hanging}");
            let legacy = server
                .legacy(r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"route","arguments":{}}}"#);
            assert_eq!(legacy.status, 200);
            assert!(ill.lock().expect("lock").is_empty(), "{hanging}: {ill:?}");
            let lists = good.lock().expect("lock").iter().filter(|call| **call == "list-tools").count();
            assert_eq!(lists, if is_static { 0 } else { 3 }, "once for a call of a list that can change");
        }
    }
}

#[test]
fn a_provider_that_is_away_at_the_start_is_served_when_it_comes_back() {
    let away = Arc::new(Mutex::new(true));
    for version in ["2026-07-28", "2025-11-25"] {
        *away.lock().expect("lock") = true;
        let mut good = Scripted::new(|_, _| leg(complete("done")));
        good.tools = vec![tool("route", r#"{"type":"object"}"#)];
        let mut ill = Scripted::new(|_, _| leg(complete("back")));
        ill.tools = vec![tool("ill", r#"{"type":"object"}"#)];
        ill.info.catalogue_static = false;
        ill.away = Some(Arc::clone(&away));
        let (server, warnings) = of([("good", good), ("ill", ill)]);
        assert_eq!(warnings, 1);

        let names = || {
            let listed = server.request(version, "tools/list", "").json();
            let tools = listed["result"]["tools"].as_array().expect("tools").clone();
            (tools.len(), listed["result"]["_meta"]["wasmcp/gaps"][0].clone())
        };
        assert_eq!(names(), (1, "ill".into()), "{version}");
        assert_eq!(server.request(version, "tools/call", r#""name":"route""#).status, 200, "{version}");
        *away.lock().expect("lock") = false;
        assert_eq!(names(), (2, serde_json::Value::Null), "{version}");
        let called = server.request(version, "tools/call", r#""name":"ill""#).json();
        assert_eq!(called["result"]["content"][0]["text"], "back", "{version}: {called}");
    }
}
