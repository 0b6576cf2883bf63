//! How often a call is sent that no host accepts, or that hosts accept late.

use contract::model::*;
use contract::{Events, Function, Provider, functions};

use crate::scripted_rpc::{Fate, ScriptedRpc};
use crate::{
    context, resource_answer, resource_read, router, router_with, settings, tool, tool_answer, tool_call, tool_page,
};

/// How often a call is sent at most.
const SENDS: usize = 12;
/// What `docs/lattice.md` promises.
const LONGEST_READ_MS: u64 = 4300;
const LONGEST_TOOL_MS: u64 = 6000;

/// The chance that the first host that is not silent, of two, is drawn after this number of sendings to the silent one.
fn chance(silent: usize) -> f64 {
    let one_is_left = if silent < SENDS { 0.5 } else { 1.0 };
    (0..silent).fold(one_is_left, |chance, _| chance / 2.0)
}

/// Of two hosts that share a provider NATS draws one for each sending.
#[test]
fn a_silent_host_that_is_drawn_again_and_again_is_avoided_in_the_time_that_the_docs_promise() {
    for silent in 0..=SENDS {
        let rpc =
            ScriptedRpc::new(move |_, _, earlier| if earlier < silent { Fate::Ignored } else { resource_answer(3) });
        let read = resource_read();
        let answer = rpc.run(router(&rpc).read_resource(&context(30_000), &read, &Events::NONE));
        assert_eq!(answer.is_ok() && rpc.now() <= LONGEST_READ_MS, silent < SENDS, "{silent}: {} ms", rpc.now());
    }
    assert_eq!(chance(SENDS), 1.0 / 4096.0, "a read waits longer");

    let mut waits_longer = 0.0;
    for (calls, lists) in (0..=SENDS).flat_map(|calls| (0..=SENDS).map(move |lists| (calls, lists))) {
        let rpc = ScriptedRpc::new(move |_, function, earlier| match function {
            functions::ListTools::NAME if earlier < lists => Fate::Ignored,
            functions::ListTools::NAME => tool_page(vec![tool("again", true)]),
            _ if earlier < calls => Fate::Ignored,
            _ => tool_answer(3),
        });
        // The list has its time by default.
        let patient = router_with(&rpc, |key| if key == "list-timeout-ms" { None } else { settings(key) });
        let answer = rpc.run(patient.call_tool(&context(30_000), &tool_call("again"), &Events::NONE));
        assert_eq!(answer.is_ok(), calls == 0 || calls < SENDS && lists < SENDS, "{calls}, {lists}: {answer:?}");
        if rpc.now() > LONGEST_TOOL_MS {
            waits_longer += chance(calls) * chance(lists);
        }
    }
    assert!((1.0 / 2600.0..1.0 / 2500.0).contains(&waits_longer), "a tool waits longer: 1 of {}", 1.0 / waits_longer);
}

#[test]
fn a_call_that_no_host_accepts_is_sent_a_few_times_and_ends_at_its_deadline() {
    let large = ResourceRead { extra: Some("-".repeat(64 << 10)), ..resource_read() };
    let small = [0, 50, 150, 350, 750, 1250, 1750, 2250, 2750, 3250, 3750, 4250];
    for (note, read, expected) in [("small", resource_read(), small.as_slice()), ("large", large, &[0, 50, 150])] {
        let rpc = ScriptedRpc::new(|_, _, _| Fate::Ignored);
        let answer = rpc.run(router(&rpc).read_resource(&context(30_000), &read, &Events::NONE));
        assert_eq!((answer, rpc.now()), (Err(McpError::DeadlineExceeded), 30_000), "{note}");
        let sent: Vec<_> = rpc.sent(functions::ReadResource::NAME).into_iter().map(|call| call.at_ms).collect();
        assert_eq!(sent, expected, "{note}");
    }
}

#[test]
fn hosts_that_accept_late_get_a_few_copies() {
    for (accepted_after, reads, lists) in [(50, 1, 0), (60, 2, 1), (1000, 5, 5), (3000, 9, 9), (10_000, SENDS, SENDS)] {
        let late = move |fate| match fate {
            Fate::Answered(_, bytes) => Fate::AnsweredLate(accepted_after, bytes),
            other => other,
        };
        let rpc = ScriptedRpc::new(move |_, function, _| match function {
            functions::ListTools::NAME => late(tool_page(vec![tool("again", true)])),
            functions::ReadResource::NAME => late(resource_answer(1)),
            _ => late(tool_answer(1)),
        });
        let router = router_with(&rpc, |key| if key == "list-timeout-ms" { None } else { settings(key) });
        let read = rpc.run(router.read_resource(&context(30_000), &resource_read(), &Events::NONE));
        let call = rpc.run(router.call_tool(&context(30_000), &tool_call("again"), &Events::NONE));
        assert!(read.is_ok() && call.is_ok(), "{accepted_after}: {read:?}, {call:?}");
        let sent = |function| rpc.sent(function).len();
        let counts = [functions::ReadResource::NAME, functions::CallTool::NAME, functions::ListTools::NAME].map(sent);
        assert_eq!(
            counts,
            [reads, 1, lists],
            "{accepted_after}: the call is accepted before the list that it waits for"
        );
    }
}

#[test]
fn a_call_waits_twice_as_long_as_the_acceptance_of_its_check_took() {
    let cases: [(&str, u32, usize, &[u64]); 3] = [
        ("a host accepted it at once", 0, 0, &[0, 51, 151, 351, 751]),
        ("hosts are busy", 400, 0, &[0, 450, 1250, 2050]),
        ("a silent host was drawn before one that accepted it at once", 0, 3, &[0, 401, 501, 701, 1101]),
    ];
    for (note, accepted_after, silent, expected) in cases {
        let rpc =
            ScriptedRpc::new(move |_, function, earlier| match (function, tool_page(vec![tool("again", true)])) {
                (functions::ListTools::NAME, _) if earlier < silent => Fate::Ignored,
                (functions::ListTools::NAME, Fate::Answered(_, page)) if accepted_after > 0 => {
                    Fate::AnsweredLate(accepted_after, page)
                }
                (functions::ListTools::NAME, page) => page,
                _ if earlier + 1 < expected.len() => Fate::Ignored,
                _ => tool_answer(1),
            });
        let patient = router_with(&rpc, |key| if key == "list-timeout-ms" { None } else { settings(key) });
        let answer = rpc.run(patient.call_tool(&context(30_000), &tool_call("again"), &Events::NONE));
        assert!(answer.is_ok(), "{note}: {answer:?}");
        let sent: Vec<_> = rpc.sent(functions::CallTool::NAME).into_iter().map(|call| call.at_ms).collect();
        assert_eq!(sent, expected, "{note}");
    }
}
