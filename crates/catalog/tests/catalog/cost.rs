use std::future::{Ready, ready};

use allocation_counter::measure;
use catalog::{Catalog, Member, Offered, Route, Routes};
use contract::Provider;
use contract::model::*;

use crate::records::{call, context};
use crate::scripted::now;

/// Answers a call at once and has nothing else.
struct Instant;

macro_rules! nothing {
    ($($function:ident($($argument:ty),*) -> $answer:ident;)*) => {
        $(fn $function(&self, _: &Context, $(_: $argument),*) -> Ready<Result<$answer, McpError>> {
            ready(Err(McpError::NotOffered))
        })*
    };
}

#[expect(refining_impl_trait, reason = "shorter")]
impl Provider for Instant {
    fn call_tool(&self, _: &Context, _: &ToolCall) -> Ready<Result<ToolLeg, McpError>> {
        ready(Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Unnamed(String::new()) }))
    }

    nothing! {
        describe() -> ProviderInfo;
        list_tools(Option<&str>) -> ToolPage;
        list_resources(Option<&str>) -> ResourcePage;
        list_templates(Option<&str>) -> ResourceTemplatePage;
        read_resource(&ResourceRead) -> ResourceLeg;
        list_prompts(Option<&str>) -> PromptPage;
        get_prompt(&PromptGet) -> PromptLeg;
        complete(&CompletionRequest) -> CompletionValues;
        list_changes(Option<&str>) -> ChangePage;
    }
}

#[test]
fn a_call_through_the_catalogue_of_one_allocates_nothing_more() {
    let route = Route {
        name: "a".into(),
        offered: Offered { tools: true, ..Offered::default() },
        tools: vec!["draw".into()],
        ..Route::default()
    };
    let member = Member { name: "a".into(), prefix: None, provider: Instant };
    let catalog = Catalog::with_routes(vec![member], Routes { members: vec![route] }).unwrap();
    let (ctx, call) = (context(), call("draw"));
    let mut answer = None;
    let measured = measure(|| answer = Some(now(catalog.call_tool(&ctx, &call))));
    assert_eq!(answer.unwrap(), now(Instant.call_tool(&ctx, &call)));
    assert_eq!(measured.count_total, 0);
    // The counter counts.
    assert_ne!(measure(|| drop(ctx.clone())).count_total, 0);
}
