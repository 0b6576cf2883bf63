//! Calls that may run more than once.

use contract::model::*;
use contract::{Events, Function, Provider, functions};

use crate::scripted_rpc::{Fate, ScriptedRpc};
use crate::{
    call, context, resource_answer, resource_read, router, tool, tool_answer, tool_call, tool_calls, tool_page,
};

#[test]
fn a_repeatable_tool_is_called_in_one_shot_and_called_again_after_any_loss() {
    type Calls = &'static [(u64, Option<u32>, bool)];
    let cases: [(&str, &'static [fn() -> Fate], u64, Calls); 8] = [
        ("at once", &[|| tool_answer(3)], 3, &[(0, Some(1), true)]),
        (
            "no host confirms it: each time it may have run, so each is an attempt",
            &[|| Fate::Ignored, || Fate::Ignored, || tool_answer(3)],
            254,
            &[(0, Some(1), true), (51, Some(2), true), (251, Some(3), true)],
        ),
        ("a trap", &[|| Fate::Closed(5), || tool_answer(3)], 9, &[(0, Some(1), true), (6, Some(2), true)]),
        (
            "a host that dies: the next attempt begins beside the first",
            &[|| Fate::Hangs, || tool_answer(3)],
            1004,
            &[(0, Some(1), true), (1001, Some(2), true)],
        ),
        (
            "a slow answer is not cut short by an attempt that hangs",
            &[|| tool_answer(3000), || Fate::Hangs],
            3000,
            &[(0, Some(1), true), (1001, Some(2), true)],
        ),
        (
            "no instance is running for a moment",
            &[|| Fate::NoInstance, || Fate::NoInstance, || tool_answer(3)],
            303,
            &[(0, Some(1), true), (50, Some(2), true), (300, Some(3), true)],
        ),
        (
            "no instance is running for a moment, and then no host confirms it",
            &[|| Fate::NoInstance, || Fate::Ignored, || tool_answer(3)],
            104,
            &[(0, Some(1), true), (50, Some(2), true), (101, Some(3), true)],
        ),
        (
            "two traps",
            &[|| Fate::Closed(1), || Fate::Closed(1), || tool_answer(1)],
            5,
            &[(0, Some(1), true), (2, Some(2), true), (4, Some(3), true)],
        ),
    ];
    for (note, fates, took, expected) in cases {
        let (answer, rpc) = call("again", fates);
        assert!(answer.is_ok(), "{note}: {answer:?}");
        assert_eq!((rpc.now(), tool_calls(&rpc).as_slice()), (took, expected), "{note}");
        let ids: Vec<_> = rpc.sent(functions::CallTool::NAME).into_iter().map(|call| call.call_id).collect();
        assert_eq!(ids, vec![Some("c".to_owned()); expected.len()], "{note}: all attempts have the id of the call");
    }
}

#[test]
fn a_tool_is_repeatable_if_its_annotations_say_idempotent_or_read_only() {
    let cases = [
        (None, None, 1),
        (Some(false), Some(false), 1),
        (Some(true), None, 2),
        (None, Some(true), 2),
        (Some(false), Some(true), 2),
    ];
    for (idempotent_hint, read_only_hint, calls) in cases {
        let rpc = ScriptedRpc::new(move |_, function, earlier| match (function, earlier) {
            (functions::ListTools::NAME, _) => {
                let mut tool = tool("once", false);
                tool.annotations =
                    tool.annotations.map(|all| ToolAnnotations { idempotent_hint, read_only_hint, ..all });
                tool_page(vec![tool])
            }
            (_, 0) => Fate::Closed(1),
            _ => tool_answer(1),
        });
        let call = tool_call("once");
        let answer = rpc.run(router(&rpc).call_tool(&context(10_000), &call, &Events::NONE));
        let sent = rpc.sent(functions::CallTool::NAME).len();
        assert_eq!((answer.is_ok(), sent), (calls == 2, calls), "{idempotent_hint:?}, {read_only_hint:?}: {answer:?}");
    }
}

#[test]
fn a_resource_whose_first_answer_is_lost_is_read_again() {
    for lost in [Fate::Closed(1), Fate::Ignored, Fate::Hangs] {
        let rpc = ScriptedRpc::new(move |_, _, earlier| match earlier {
            0 => lost.clone(),
            _ => resource_answer(1),
        });
        let read = resource_read();
        let answer = rpc.run(router(&rpc).read_resource(&context(10_000), &read, &Events::NONE));
        assert!(answer.is_ok(), "{answer:?}");
        let sent: Vec<_> =
            rpc.sent(functions::ReadResource::NAME).into_iter().map(|call| (call.call_id, call.attempt)).collect();
        assert_eq!(sent, [1, 2].map(|attempt| (Some("c".to_owned()), Some(attempt))));
    }
}

#[test]
fn a_result_that_is_too_large_is_not_asked_for_again() {
    let (answer, rpc) = call("again", &[|| Fate::Answered(1, vec![0; 10_001])]);
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(tool_calls(&rpc).len(), 1);
}

#[test]
fn a_result_that_is_not_of_the_contract_is_an_error_with_the_offset() {
    let (answer, _) = call("again", &[|| Fate::Answered(1, vec![7])]);
    match answer {
        Err(McpError::Internal(text)) => {
            assert!(text.contains("provider `a`: its result is not of this contract ("), "{text}")
        }
        other => panic!("{other:?}"),
    }
}
