//! Tests of the router with scripted providers: the outcomes of calls when links, hosts and providers fail.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::type_complexity,
    clippy::unwrap_used,
    reason = "tests fail loudly, and their tables have the types that they need"
)]

mod copies;
mod deadlines;
mod lists;
mod once;
mod repeatable;
mod scripted_rpc;
mod state;

use std::sync::Arc;

use catalog::{Catalog, CatalogueSnapshot, NamedProvider};
use contract::model::*;
use contract::{Events, Function, Provider, functions};
use router::{Config, Router, connect};
use test_records::tool_call;
use wire::encode_all;

use scripted_rpc::{Fate, ScriptedRpc};

fn context(remaining_ms: u32) -> Context {
    Context::internal("c".to_owned(), remaining_ms)
}

fn tool(name: &str, idempotent: bool) -> Tool {
    let annotations = ToolAnnotations { idempotent_hint: Some(idempotent), ..test_records::tool_annotations() };
    Tool { annotations: Some(annotations), ..test_records::tool(name) }
}

fn resource_read() -> ResourceRead {
    ResourceRead { uri: "a:known".into(), resumed: None, extra: None }
}

/// Answers a list with these tools, and whether each is idempotent.
fn tool_list(tools: &[(&str, bool)]) -> Fate {
    tool_page(tools.iter().map(|(name, idempotent)| tool(name, *idempotent)).collect())
}

fn tool_page(tools: Vec<Tool>) -> Fate {
    let page: Result<ToolPage, McpError> = Ok(test_records::tool_page(tools));
    Fate::Answered(1, encode_all(&page))
}

/// Answers a call of a tool after this number of milliseconds.
fn tool_answer(after_ms: u32) -> Fate {
    let outcome = ToolOutcome::Complete(test_records::tool_output(vec![]));
    let leg: Result<ToolLeg, McpError> = Ok(ToolLeg { events: vec![], outcome });
    Fate::Answered(after_ms, encode_all(&leg))
}

/// Answers a read after this number of milliseconds.
fn resource_answer(after_ms: u32) -> Fate {
    let output = ResourceOutput { contents: vec![], cache: None, extra: None };
    let leg: Result<ResourceLeg, McpError> =
        Ok(ResourceLeg { events: vec![], outcome: ResourceOutcome::Complete(output) });
    Fate::Answered(after_ms, encode_all(&leg))
}

fn settings(key: &str) -> Option<String> {
    let value = match key {
        "providers" => "a,b=two.",
        "accept-timeout-ms" => "50",
        "retry-after-ms" => "1000",
        "list-timeout-ms" => "500",
        "result-limit" => "10000",
        _ => return None,
    };
    Some(value.to_owned())
}

/// The provider `a` when the server was composed: it had the tool `again`, which may run twice, the tool `once` and a resource.
struct Composed;

impl Provider for Composed {
    async fn describe(&self, _: &Context) -> Result<ProviderInfo, McpError> {
        Ok(test_records::info("a", Offers::TOOLS | Offers::RESOURCES))
    }

    async fn list_tools(&self, _: &Context, _: Option<&str>) -> Result<ToolPage, McpError> {
        Ok(test_records::tool_page(vec![tool("again", true), tool("once", false)]))
    }

    async fn list_resources(&self, _: &Context, _: Option<&str>) -> Result<ResourcePage, McpError> {
        let resource = test_records::resource("a:known");
        Ok(ResourcePage { resources: vec![resource], next_cursor: None, cache: None, extra: None })
    }

    async fn list_templates(&self, _: &Context, _: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        Ok(ResourceTemplatePage { templates: vec![], next_cursor: None, cache: None, extra: None })
    }
}

fn snapshot(rpc: &ScriptedRpc) -> CatalogueSnapshot {
    let provider = NamedProvider { name: "a".into(), prefix: None, provider: Composed };
    let catalog = rpc.run(Catalog::build(vec![provider], &context(1000))).expect("catalogue");
    catalog.snapshot().expect("snapshot").clone()
}

/// A router of the providers `a` and `b`. The snapshot describes `a` only.
fn router(rpc: &Arc<ScriptedRpc>) -> Router<ScriptedRpc> {
    router_with(rpc, settings)
}

fn router_with(rpc: &Arc<ScriptedRpc>, settings: impl Fn(&str) -> Option<String>) -> Router<ScriptedRpc> {
    connect(rpc, &Config::from_settings(settings).expect("settings"), snapshot(rpc)).expect("router")
}

/// Calls a tool with ten seconds to spare. The tools of `a` are listed as in the snapshot, and `b` lists `far`.
fn call(name: &str, fates: &'static [fn() -> Fate]) -> (Result<ToolLeg, McpError>, Arc<ScriptedRpc>) {
    let rpc = ScriptedRpc::new(|link, function, earlier| match function {
        functions::ListTools::NAME if link == "a" => tool_list(&[("again", true), ("once", false)]),
        functions::ListTools::NAME => tool_list(&[("far", false)]),
        _ => fates.get(earlier).map_or_else(|| panic!("call {earlier} of {function:?}"), |fate| fate()),
    });
    let answer = rpc.run(router(&rpc).call_tool(&context(10_000), &tool_call(name), &Events::NONE));
    (answer, rpc)
}

/// When each call of a tool was sent, as which attempt, and whether its parameters went along.
fn tool_calls(rpc: &ScriptedRpc) -> Vec<(u64, Option<u32>, bool)> {
    rpc.sent(functions::CallTool::NAME).into_iter().map(|call| (call.at_ms, call.attempt, call.one_shot)).collect()
}
