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
    let cases: [(&str, &'static [fn() -> Fate], u64, Calls); 10] = [
        ("at once", &[|| tool_answer(3)], 3, &[(0, Some(1), true)]),
        (
            "no host confirms it: each time it may have run, so each is an attempt",
            &[|| Fate::Ignored, || Fate::Ignored, || tool_answer(3)],
            154,
            &[(0, Some(1), true), (51, Some(2), true), (151, Some(3), true)],
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
            4,
            &[(0, Some(1), true), (2, Some(2), true), (3, Some(3), true)],
        ),
        (
            "a host that dies, and then no host confirms it",
            &[|| Fate::Hangs, || Fate::Ignored, || Fate::Ignored, || tool_answer(3)],
            1154,
            &[(0, Some(1), true), (1001, Some(2), true), (1051, Some(3), true), (1151, Some(4), true)],
        ),
        (
            "a trap, and then no host confirms it",
            &[|| Fate::Closed(5), || Fate::Ignored, || tool_answer(3)],
            59,
            &[(0, Some(1), true), (6, Some(2), true), (56, Some(3), true)],
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
fn a_provider_that_always_traps_is_asked_no_more_often_than_the_setting_says() {
    let rpc = ScriptedRpc::new(|_, _, _| Fate::Closed(1));
    let answer = rpc.run(router(&rpc).read_resource(&context(30_000), &resource_read(), &Events::NONE));
    assert!(matches!(answer, Err(McpError::Internal(_))), "{answer:?}");
    assert_eq!((rpc.sent(functions::ReadResource::NAME).len(), rpc.now()), (3, 3));
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

fn ignored() -> Fate {
    Fate::Ignored
}

/// The last one traps.
const ELEVEN_IGNORED: [fn() -> Fate; 12] = {
    let mut fates = [ignored as fn() -> Fate; 12];
    fates[11] = || Fate::Closed(1);
    fates
};

#[test]
fn a_call_of_which_a_silent_host_has_an_attempt_ends_when_no_other_attempt_can_have_a_result() {
    let unavailable = || McpError::Unavailable(Some(1000));
    let internal = |text: &str| McpError::Internal(format!("provider `a`: {text}"));
    let closed = || internal("the connection closed before a result");
    let cases: [(&str, &'static [fn() -> Fate], McpError, u64, usize); 9] = [
        (
            "the result of another is too large",
            &[|| Fate::Ignored, || Fate::Answered(5, vec![0; 10_001])],
            internal("its result has more than 10000 bytes"),
            55,
            2,
        ),
        (
            "all others trap",
            &[|| Fate::Ignored, || Fate::Closed(1), || Fate::Closed(1), || Fate::Closed(1)],
            closed(),
            53,
            4,
        ),
        (
            "one more is silent, and the others trap",
            &[|| Fate::Ignored, || Fate::Closed(1), || Fate::Closed(1), || Fate::Ignored, || Fate::Closed(1)],
            closed(),
            103,
            5,
        ),
        (
            "the last one is sent just before another traps, and is silent",
            &[|| Fate::Ignored, || Fate::Closed(1020), || Fate::Closed(1), || Fate::Ignored],
            closed(),
            1120,
            4,
        ),
        ("the last one to be sent traps, after 11 silent ones", &ELEVEN_IGNORED, closed(), 4251, 12),
        (
            "no instance is running any more",
            &[|| Fate::Ignored, || Fate::NoInstance, || Fate::NoInstance, || Fate::NoInstance],
            unavailable(),
            350,
            4,
        ),
        (
            "its link is gone",
            &[|| Fate::Ignored, || Fate::Unlinked],
            internal("no link has its name: add the link to the manifest"),
            50,
            2,
        ),
        (
            "another one is slow, and too slow",
            &[|| Fate::Ignored, || Fate::Hangs, || Fate::Closed(1), || Fate::Closed(1)],
            McpError::DeadlineExceeded,
            10_000,
            4,
        ),
        ("all are silent", &[ignored as fn() -> Fate; 12], McpError::DeadlineExceeded, 10_000, 12),
    ];
    for (note, fates, expected, took, sent) in cases {
        let rpc = ScriptedRpc::new(move |_, _, earlier| fates[earlier]());
        let read = resource_read();
        let answer = rpc.run(router(&rpc).read_resource(&context(10_000), &read, &Events::NONE));
        let sendings = rpc.sent(functions::ReadResource::NAME).len();
        assert_eq!((answer, rpc.now(), sendings), (Err(expected), took, sent), "{note}");
    }
}

#[test]
fn the_attempt_that_was_sent_last_has_the_time_to_be_accepted_when_another_fails() {
    let (answer, rpc) = call(
        "again",
        &[
            || Fate::Ignored,
            || Fate::Closed(1020),
            || Fate::Closed(1),
            || match tool_answer(0) {
                Fate::Answered(_, bytes) => Fate::AnsweredLate(40, bytes),
                other => other,
            },
        ],
    );
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(tool_calls(&rpc).len(), 4);
}

#[test]
fn a_tool_of_which_a_silent_host_has_an_attempt_may_have_run() {
    let (answer, rpc) =
        call("again", &[|| Fate::Ignored, || Fate::NoInstance, || Fate::NoInstance, || Fate::NoInstance]);
    let text = "provider `a`: no instance is running. The tool `again` may have run: find out before you call it again";
    assert_eq!(answer, Err(McpError::Internal(text.to_owned())));
    assert!(rpc.now() < 1000, "{}", rpc.now());
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
