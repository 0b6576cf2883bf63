//! Tests of a server with a snapshot: it does not ask the provider again, and answers a call in the same way.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "tests fail loudly")]

mod scripted;

use std::sync::Arc;

use catalog::{Catalog, CatalogueSnapshot, NamedProvider};
use contract::model::Context;
use scripted::{Reply, Scripted, Server, complete, config, leg, ports, tool};
use server::Engine;

fn provider() -> Scripted {
    let mut provider = Scripted::new(|_, _| leg(complete("done")));
    let region = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;
    provider.tools = vec![tool("say", r#"{"type":"object"}"#), tool("route", region)];
    provider.info.implementation.title = Some("Scripted".into());
    provider.info.implementation.extra = Some("{\"of\":\r\n[\"a\\nb\"]}".into());
    provider
}

fn snapshot(provider: Scripted) -> CatalogueSnapshot {
    let named = NamedProvider { name: "scripted".into(), prefix: None, provider };
    let context = Context::internal("start".into(), 10_000);
    let catalog = futures_executor::block_on(Catalog::build(vec![named], &context)).expect("catalogue");
    let parts = catalog.snapshot().expect("snapshot").to_parts().expect("parts");
    CatalogueSnapshot::from_parts(parts).expect("snapshot")
}

fn server(provider: Scripted, snapshot: CatalogueSnapshot, settings: &[(&str, &str)]) -> Server {
    Server(Arc::new(Engine::new(Catalog::pass_through(provider, Some(snapshot)), config(settings), ports())))
}

fn calls(server: &Server) -> Vec<(u16, serde_json::Value)> {
    let replies = [
        server.call("say", "{}", ""),
        server.call("route", r#"{"region":"eu"}"#, ""), // and no header
        server.legacy(r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say"}}"#),
    ];
    replies.iter().map(|reply: &Reply| (reply.status, reply.json())).collect()
}

#[test]
fn a_server_with_a_snapshot_answers_calls_without_asking() {
    let settings: [&[(&str, &str)]; 2] = [&[], &[("name", "other"), ("title", "Other"), ("instructions", "ask")]];
    for settings in settings {
        let expected = calls(&Server::configured(provider(), settings));
        assert_eq!((expected[0].0, expected[1].0), (200, 400), "the header matters");

        // The provider's description and list differ from the snapshot now.
        let mut changed = provider();
        changed.tools.clear();
        changed.info.implementation.name = "changed".into();
        let called = Arc::clone(&changed.calls);
        assert_eq!(calls(&server(changed, snapshot(provider()), settings)), expected);
        assert_eq!(*called.lock().expect("lock"), ["call-tool", "call-tool"]);
    }
}

#[test]
fn a_tool_that_a_snapshot_of_hints_lacks_is_looked_up() {
    let hints = snapshot(Scripted::new(|_, _| leg(complete("done")))).into_hints();
    let statuses: Vec<_> = calls(&server(provider(), hints, &[])).into_iter().map(|(status, _)| status).collect();
    assert_eq!(statuses, [200, 400, 200], "the header of a tool that came later matters too");
}

#[test]
fn a_provider_that_changes_is_asked_once_for_each_call() {
    let changing = || {
        let mut provider = provider();
        provider.info.catalogue_static = false;
        provider
    };
    let provider = changing();
    let called = Arc::clone(&provider.calls);
    let server = server(provider, snapshot(changing()), &[]);
    assert_eq!(server.call("say", "{}", "").status, 200);
    assert_eq!(*called.lock().expect("lock"), ["list-tools", "call-tool"]);
}
