//! Tests of the deadlines of calls: each call has its own.

use contract::model::*;
use contract::{Events, Function, Provider, functions};
use futures_util::future::join;
use wire::encode_all;

use crate::scripted_rpc::{Fate, ScriptedRpc};
use crate::{context, resource_answer, resource_read, router, tool_answer, tool_call, tool_list};

/// The page of this number, without tools, after 400 ms. Another page follows it.
fn page_with_successor(number: usize) -> Fate {
    let page: Result<ToolPage, McpError> =
        Ok(ToolPage { tools: vec![], next_cursor: Some((number + 1).to_string()), cache: None, extra: None });
    Fate::Answered(400, encode_all(&page))
}

#[test]
fn a_search_for_an_owner_that_never_ends_stops_at_the_deadline_of_the_call() {
    let rpc = ScriptedRpc::new(|link, function, earlier| match (link, function) {
        ("b", functions::ListTools::NAME) => page_with_successor(earlier),
        (_, functions::ListTools::NAME) => tool_list(&[]),
        _ => Fate::Hangs,
    });
    let answer = rpc.run(router(&rpc).call_tool(&context(3000), &tool_call("two.unknown"), &Events::NONE));
    assert_eq!(answer, Err(McpError::DeadlineExceeded));
    assert_eq!(rpc.now(), 3000);
}

#[test]
fn the_search_for_an_owner_and_the_call_share_one_deadline() {
    // Two pages of 400 ms, and 1 ms for the page that names the tool, leave 2199 ms of three seconds.
    let cases: [(&str, fn() -> Fate, Result<(), McpError>, u64); 2] = [
        ("it answers in time", || tool_answer(2100), Ok(()), 2901),
        (
            "it answers too late",
            || tool_answer(2300),
            Err(McpError::Internal(
                "provider `b`: there was no result in time. The tool `far` may have run: find out before you call it again"
                    .into(),
            )),
            3000,
        ),
    ];
    for (note, fate, expected, took_ms) in cases {
        let rpc = ScriptedRpc::new(move |link, function, earlier| match (link, function, earlier) {
            ("b", functions::ListTools::NAME, 0 | 1) => page_with_successor(earlier),
            ("b", functions::ListTools::NAME, _) => tool_list(&[("far", false)]),
            (_, functions::ListTools::NAME, _) => tool_list(&[]),
            _ => fate(),
        });
        let answer = rpc.run(router(&rpc).call_tool(&context(3000), &tool_call("two.far"), &Events::NONE));
        assert_eq!((answer.map(drop), rpc.now()), (expected, took_ms), "{note}");
        let remaining: Vec<_> = rpc.sent(functions::CallTool::NAME).into_iter().map(|call| call.remaining_ms).collect();
        assert_eq!(remaining, [Some(2199)], "{note}");
    }
}

#[test]
fn every_call_of_a_living_router_has_its_own_deadline() {
    let rpc = ScriptedRpc::new(|_, function, _| match function {
        functions::ReadResource::NAME => resource_answer(900),
        functions::ListTools::NAME => tool_list(&[("again", true)]),
        functions::CallTool::NAME => tool_answer(900),
        _ => Fate::Hangs,
    });
    let router = router(&rpc);
    for number in 0..4 {
        let read = rpc.run(router.read_resource(&context(1000), &resource_read(), &Events::NONE));
        assert!(read.is_ok(), "read {number}: {read:?}");
        let list = rpc.run(router.list_tools(&context(1000), None));
        assert!(list.is_ok(), "list {number}: {list:?}");
        let call = rpc.run(router.call_tool(&context(1000), &tool_call("again"), &Events::NONE));
        assert!(call.is_ok(), "call {number}: {call:?}");
        assert!(rpc.run(router.describe(&context(1000))).is_err(), "description {number}");
    }
    let remaining: Vec<_> = rpc.sent(functions::ReadResource::NAME).into_iter().map(|call| call.remaining_ms).collect();
    assert_eq!(remaining, [Some(1000); 4]);
}

#[test]
fn two_calls_at_once_do_not_share_a_deadline() {
    // The read with the name `short` began first, and ends first.
    let rpc = ScriptedRpc::new(|_, _, _| resource_answer(900));
    let router = router(&rpc);
    let named = |name: &str, remaining_ms| Context::internal(name.to_owned(), remaining_ms);
    let (short, long) = (named("short", 500), named("long", 2000));
    let (short, long) = rpc.run(join(
        router.read_resource(&short, &resource_read(), &Events::NONE),
        router.read_resource(&long, &resource_read(), &Events::NONE),
    ));
    assert_eq!(short, Err(McpError::DeadlineExceeded));
    assert!(long.is_ok(), "{long:?}");
    assert_eq!(rpc.now(), 900);
}

#[test]
fn two_calls_at_once_with_one_id_have_the_later_of_their_deadlines() {
    let rpc = ScriptedRpc::new(|_, _, _| resource_answer(900));
    let router = router(&rpc);
    let (short, long) = (context(500), context(2000));
    let read = resource_read();
    let (short, long) = rpc.run(join(
        router.read_resource(&short, &read, &Events::NONE),
        router.read_resource(&long, &read, &Events::NONE),
    ));
    assert!(long.is_ok(), "{long:?}");
    assert_eq!(short, Err(McpError::DeadlineExceeded), "its deadline was fixed before the other call began");
}
