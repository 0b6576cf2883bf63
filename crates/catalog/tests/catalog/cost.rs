use std::future::{Ready, ready};

use allocation_counter::measure;
use catalog::{Catalog, Member, Offered, Route, Routes};
use contract::model::*;
use contract::{Events, Provider};

use crate::records::{call, context};
use crate::scripted::now;

/// Answers a call at once and has nothing else.
struct Instant;

#[expect(refining_impl_trait, reason = "shorter")]
impl Provider for Instant {
    fn call_tool(&self, _: &Context, _: &ToolCall, _: &Events) -> Ready<Result<ToolLeg, McpError>> {
        ready(Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Unnamed(String::new()) }))
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
    let measured = measure(|| answer = Some(now(catalog.call_tool(&ctx, &call, &Events::NONE))));
    assert_eq!(answer.unwrap(), now(Instant.call_tool(&ctx, &call, &Events::NONE)));
    assert_eq!(measured.count_total, 0);
    // The counter counts.
    assert_ne!(measure(|| drop(ctx.clone())).count_total, 0);
}
