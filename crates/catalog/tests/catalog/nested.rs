//! Tests of a catalogue that is a provider of another.

use std::sync::atomic::Ordering;

use catalog::{Catalog, ItemRef};
use contract::model::{Context, ToolOutcome};
use contract::{Events, Provider};

use crate::records::{call, context};
use crate::scripted::{Scripted, built, named, now, taken};

fn of_call(call_id: &str) -> Context {
    Context { call_id: call_id.into(), ..context() }
}

#[test]
fn all_legs_of_a_call_reach_one_owner_that_the_inner_catalogue_looks_for_once() {
    let early = Scripted::new("early").tools(&[&["deal"]]).dynamic();
    let late = Scripted::new("late").tools(&[&["deal"]]).dynamic();
    let hidden = early.hidden.clone();
    hidden.store(true, Ordering::Relaxed);
    let late_hidden = late.hidden.clone();
    late_hidden.store(true, Ordering::Relaxed);
    let (inner, log) = built(vec![
        named(early, ""),
        named(late, ""),
        named(Scripted::new("fixed").tools(&[&["draw"]]).prompts(&["ask"]), ""),
    ]);
    // Neither had the tool at the start, so that both could be its owner.
    late_hidden.store(false, Ordering::Relaxed);
    let outer = Catalog::pass_through(inner, None);
    let leg = |call_id: &str, name: &str| {
        let ctx = of_call(call_id);
        let resolved = now(outer.resolve(&ctx, ItemRef::Tool(name))).unwrap();
        now(outer.call(&ctx, &resolved, &call(name), &Events::NONE)).map(|leg| leg.outcome)
    };
    let of = |owner: &str| Ok(ToolOutcome::Unnamed(owner.into()));

    assert_eq!(leg("1", "deal"), of("late"));
    assert_eq!(taken(&log), ["early list-tools", "late list-tools", "late call-tool deal {}"]);
    // The first provider has it now. Only calls that begin now reach it.
    hidden.store(false, Ordering::Relaxed);
    assert_eq!(leg("1", "deal"), of("late"));
    assert_eq!(taken(&log), ["late call-tool deal {}"]);
    assert_eq!(leg("2", "deal"), of("early"));
    assert_eq!(leg("1", "deal"), of("late"));
    assert_eq!(leg("1", "draw"), of("fixed"));
    assert_eq!(
        taken(&log),
        [
            "early list-tools",
            "late list-tools",
            "early call-tool deal {}",
            "late call-tool deal {}",
            "fixed call-tool draw {}"
        ]
    );
}

#[test]
fn many_other_calls_do_not_make_a_call_in_use_list_again() {
    let (inner, log) =
        built(vec![named(Scripted::new("a").tools(&[&["deal"]]).dynamic(), ""), named(Scripted::new("b"), "")]);
    let outer = Catalog::pass_through(inner, None);
    for other in 0..1000 {
        for call_id in ["long", &other.to_string()] {
            assert!(now(outer.call_tool(&of_call(call_id), &call("deal"), &Events::NONE)).is_ok());
        }
    }
    let lists = taken(&log).into_iter().filter(|line| line == "a list-tools").count();
    assert_eq!(lists, 1001, "once for each call");
}
