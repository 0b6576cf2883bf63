//! Tests of what providers that will not run a call get to know of it.

use std::sync::{Arc, Mutex};

use catalog::{Catalog, CatalogueSnapshot, ItemRef, NamedProvider};
use contract::model::*;
use contract::{Events, Provider};

use crate::records::{call, context, template, tool};
use crate::scripted::now;

/// A provider that keeps the context of each function that is called. It has the tool `draw`.
#[derive(Default)]
struct Listener(Arc<Mutex<Vec<(&'static str, Context)>>>);

impl Listener {
    fn heard(&self, function: &'static str, ctx: &Context) {
        self.0.lock().unwrap().push((function, ctx.clone()));
    }
}

impl Provider for Listener {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        self.heard("describe", ctx);
        Err(McpError::NotOffered)
    }

    async fn list_tools(&self, ctx: &Context, _: Option<&str>) -> Result<ToolPage, McpError> {
        self.heard("list-tools", ctx);
        Ok(ToolPage { tools: vec![tool("draw")], next_cursor: None, cache: None, extra: None })
    }

    async fn call_tool(&self, ctx: &Context, _: &ToolCall, _: &Events) -> Result<ToolLeg, McpError> {
        self.heard("call-tool", ctx);
        Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Unnamed(String::new()) })
    }

    async fn list_resources(&self, ctx: &Context, _: Option<&str>) -> Result<ResourcePage, McpError> {
        self.heard("list-resources", ctx);
        Ok(ResourcePage { resources: vec![], next_cursor: None, cache: None, extra: None })
    }

    async fn list_templates(&self, ctx: &Context, _: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        self.heard("list-templates", ctx);
        Ok(ResourceTemplatePage { templates: vec![template("x://{y}")], next_cursor: None, cache: None, extra: None })
    }

    async fn list_prompts(&self, ctx: &Context, _: Option<&str>) -> Result<PromptPage, McpError> {
        self.heard("list-prompts", ctx);
        Ok(PromptPage { prompts: vec![], next_cursor: None, cache: None, extra: None })
    }
}

/// The context of a client that says everything.
fn talkative() -> Context {
    Context {
        principal: Some(Principal {
            issuer: "https://issuer".into(),
            subject: "ada".into(),
            client_id: None,
            scopes: vec![],
            claims: "{}".into(),
        }),
        trace: Some(TraceContext { traceparent: "00-1-2-01".into(), tracestate: None, baggage: None }),
        log_level: Some(LogLevel::Debug),
        progress_wanted: true,
        meta: Some(r#"{"secret":1}"#.into()),
        ..context()
    }
}

#[test]
fn lists_and_descriptions_that_no_client_asked_for_get_neither_meta_nor_wishes_for_events() {
    let heard = Arc::default();
    let provider = || Listener(Arc::clone(&heard));
    let named = |name: &str| NamedProvider { name: name.into(), prefix: None, provider: provider() };
    let several = Catalog::from_snapshot(vec![named("a"), named("b")], CatalogueSnapshot::default()).unwrap();
    let alone = Catalog::pass_through(provider(), None);
    let ctx = talkative();
    let quiet = Context { log_level: None, progress_wanted: false, meta: None, ..ctx.clone() };
    let functions_with = |expected: &Context| {
        let heard = std::mem::take(&mut *heard.lock().unwrap());
        assert!(heard.iter().all(|(_, ctx)| ctx == expected), "{heard:?}");
        heard.into_iter().map(|(function, _)| function).collect::<Vec<_>>()
    };

    assert!(now(several.resolve(&ctx, ItemRef::Prompt("ask"))).is_err());
    assert!(now(several.resolve(&ctx, ItemRef::Resource("x://1"))).is_ok());
    let lists =
        ["list-prompts", "list-prompts", "list-resources", "list-resources", "list-templates", "list-templates"];
    assert_eq!(functions_with(&quiet), lists);

    for catalog in [&several, &alone] {
        let resolved = now(catalog.resolve(&ctx, ItemRef::Tool("draw"))).unwrap();
        assert!(now(catalog.tool_facts(&ctx, &resolved)).unwrap().is_some());
        assert!(functions_with(&quiet).contains(&"list-tools"));
        assert!(now(catalog.description(&ctx)).is_err());
        assert!(functions_with(&quiet).contains(&"describe"));
        // What the client asks for gets all that the client says.
        assert!(now(catalog.call(&ctx, &resolved, &call("draw"), &Events::NONE)).is_ok());
        assert!(now(catalog.list_tools(&ctx, None)).is_ok());
        assert!(functions_with(&ctx).ends_with(&["list-tools"]));
    }
}
