//! Tests of the cost of the catalogue in allocations, for a call and for an instance that lives for one request.

use std::future::{Ready, ready};

use allocation_counter::measure;
use catalog::{Catalog, CatalogueSnapshot, NamedProvider};
use contract::model::*;
use contract::{Events, Provider};

use crate::records::{call, context, full_tool};
use crate::scripted::{Scripted, built, named, now};

/// A provider that answers a call at once and lists nothing.
struct Instant;

#[expect(refining_impl_trait, reason = "shorter")]
impl Provider for Instant {
    fn call_tool(&self, _: &Context, _: &ToolCall, _: &Events) -> Ready<Result<ToolLeg, McpError>> {
        ready(Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Unnamed(String::new()) }))
    }
}

#[test]
fn a_call_through_the_catalogue_of_one_allocates_nothing_more() {
    let (other, _) = built(vec![named(Scripted::new("a").tools(&[&["draw"]]), "")]);
    let snapshot = other.snapshot().unwrap();
    let provider = NamedProvider { name: "a".into(), prefix: None, provider: Instant };
    let catalogs = [
        Catalog::from_snapshot(vec![provider], snapshot.clone()).unwrap(),
        Catalog::pass_through(Instant, None),
        Catalog::pass_through(Instant, Some(snapshot.clone())),
    ];
    let (ctx, call) = (context(), call("draw"));
    for catalog in catalogs {
        let mut answer = None;
        let measured = measure(|| answer = Some(now(catalog.call_tool(&ctx, &call, &Events::NONE))));
        assert_eq!(answer.unwrap(), now(Instant.call_tool(&ctx, &call, &Events::NONE)));
        assert_eq!(measured.count_total, 0);
    }
    // Without this the counter could be broken and the test still pass.
    assert_ne!(measure(|| drop(ctx.clone())).count_total, 0);
}

#[test]
fn reading_a_snapshot_costs_one_allocation_for_each_name_and_none_for_a_schema() {
    const TOOLS: u64 = 200;
    let tools = (0..TOOLS).map(|n| full_tool(&format!("tool-{n}"), TaskSupport::Optional)).collect();
    let provider = Scripted::new("a").tools(&[]).set(|it| it.tools = vec![tools]);
    let (catalog, _) = built(vec![named(provider, "")]);
    let index = catalog.snapshot().unwrap().to_parts().unwrap().index;
    let measured = measure(|| drop(CatalogueSnapshot::from_index(&index, |_| None).unwrap()));
    assert!(measured.count_total < TOOLS + 50, "{measured:?}");
}
