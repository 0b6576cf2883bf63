//! Tests of lists of several providers, and of owners that only a list shows.

use catalog::MISSING_PROVIDERS;
use contract::model::*;
use contract::{Function, Provider, functions};

use crate::scripted_rpc::{Fate, ScriptedRpc};
use crate::{call, context, router, tool_answer, tool_list};

#[test]
fn a_list_without_a_lost_provider_is_served_in_its_time_and_names_the_provider() {
    let cases: [(&str, fn() -> Fate, u64); 5] = [
        ("no instance is running", || Fate::NoInstance, 1),
        ("not linked", || Fate::Unlinked, 1),
        ("traps every time", || Fate::Closed(1), 8),
        ("hangs", || Fate::Hangs, 500),
        ("no host accepts it", || Fate::Ignored, 500),
    ];
    for (note, fate, took) in cases {
        let rpc = ScriptedRpc::new(move |link, _, _| if link == "a" { tool_list(&[("again", true)]) } else { fate() });
        let page = rpc.run(router(&rpc).list_tools(&context(10_000), None)).expect(note);
        let names: Vec<_> = page.tools.iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names, ["again"], "{note}");
        assert_eq!(page.extra, Some(format!(r#"{{"_meta":{{"{MISSING_PROVIDERS}":["b"]}}}}"#)), "{note}");
        assert!(rpc.now() <= took, "{note}: {} ms", rpc.now());
    }
    let rpc = ScriptedRpc::new(|_, _, _| Fate::NoInstance);
    let without_any = rpc.run(router(&rpc).list_tools(&context(10_000), None));
    assert_eq!(without_any, Err(McpError::Unavailable(Some(1000))));
}

#[test]
fn all_providers_are_asked_at_once() {
    let rpc = ScriptedRpc::new(|_, _, _| Fate::Hangs);
    assert!(rpc.run(router(&rpc).describe(&context(10_000))).is_err());
    assert_eq!(rpc.sent(functions::Describe::NAME).iter().filter(|call| call.at_ms == 0).count(), 2);
    assert_eq!(rpc.now(), 500);
}

#[test]
fn a_tool_of_a_provider_that_the_snapshot_does_not_describe_is_found_on_its_list() {
    let (answer, rpc) = call("two.far", &[|| tool_answer(3)]);
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(rpc.sent(functions::CallTool::NAME)[0].link, "b");
    let (answer, rpc) = call("three", &[]);
    assert_eq!(answer, Err(McpError::UnknownName("three".into())));
    assert!(rpc.sent(functions::CallTool::NAME).is_empty());
}
