//! Tools that may run once only.

use contract::model::*;
use contract::{Events, Function, Provider, functions};

use crate::scripted_rpc::{Fate, ScriptedRpc};
use crate::{call, context, router, tool_answer, tool_call, tool_calls, tool_list};

fn no_instance() -> Fate {
    Fate::NoInstance
}

#[test]
fn a_tool_that_may_run_once_gets_its_parameters_after_acceptance_and_never_runs_twice() {
    let (answer, rpc) = call("once", &[|| Fate::Ignored, || Fate::Ignored, || tool_answer(3)]);
    assert!(answer.is_ok(), "{answer:?}");
    let expected = [(0, None, false), (50, None, false), (250, Some(1), false)];
    assert_eq!(tool_calls(&rpc), expected, "calls that no host accepted never got their parameters");

    let (answer, rpc) = call("once", &[|| Fate::Ignored, || Fate::NoInstance, || tool_answer(3)]);
    assert!(answer.is_ok(), "{answer:?}");
    let expected = [(0, None, false), (50, None, false), (100, Some(1), false)];
    assert_eq!(tool_calls(&rpc), expected, "its host was lost, and no instance is running for a moment");

    // Calls that other hosts accept later are dropped, so that these hosts do not wait for parameters.
    let (answer, rpc) = call("once", &[|| Fate::AcceptedLate(500), || Fate::Ignored, || tool_answer(600)]);
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!((rpc.dropped(), rpc.now()), (vec![0], 850));

    let unknown: [(&str, &'static [fn() -> Fate], &str); 3] = [
        ("a trap", &[|| Fate::Closed(5)], "the connection closed before a result. The tool `once` may have run"),
        ("a host that dies", &[|| Fate::Hangs], "there was no result in time. The tool `once` may have run"),
        (
            "a result without an end",
            &[|| Fate::Answered(1, vec![0; 10_001])],
            "its result has more than 10000 bytes. The tool `once` may have run",
        ),
    ];
    for (note, fates, message) in unknown {
        let (answer, rpc) = call("once", fates);
        match answer {
            Err(McpError::Internal(text)) => assert!(text.starts_with(&format!("provider `a`: {message}")), "{text}"),
            other => panic!("{note}: {other:?}"),
        }
        assert_eq!(rpc.sent(functions::CallTool::NAME).len(), 1, "{note}: once");
        assert!(rpc.now() <= 10_000, "{note}: {}", rpc.now());
    }
}

#[test]
fn a_call_that_certainly_did_not_run_is_an_error_that_says_try_again() {
    let cases: [(&str, &str, &'static [fn() -> Fate]); 3] = [
        ("no instance is running", "once", &[|| Fate::NoInstance, || Fate::NoInstance, || Fate::NoInstance]),
        (
            "no instance is running for a repeatable tool, in all of its attempts",
            "again",
            &[no_instance as fn() -> Fate; 3],
        ),
        ("no host accepts it", "once", &[|| Fate::Ignored, || Fate::Ignored, || Fate::Ignored]),
    ];
    for (note, name, fates) in cases {
        let (answer, _) = call(name, fates);
        assert_eq!(answer, Err(McpError::Unavailable(Some(1000))), "{note}");
    }
    let (answer, _) = call("once", &[|| Fate::Unlinked]);
    assert_eq!(
        answer,
        Err(McpError::Internal("provider `a`: no link has its name: add the link to the manifest".into()))
    );
}

#[test]
fn the_snapshot_never_allows_a_second_run() {
    // The provider was replaced after the snapshot was made: the tool may run once now.
    for fate in [Fate::Closed(1), Fate::Ignored, Fate::Hangs, Fate::Answered(1, vec![7])] {
        let lost = fate.clone();
        let rpc = ScriptedRpc::new(move |_, function, _| match function {
            functions::ListTools::NAME => tool_list(&[("again", false)]),
            _ => lost.clone(),
        });
        let call = tool_call("again");
        let answer = rpc.run(router(&rpc).call_tool(&context(10_000), &call, &Events::NONE));
        let named = matches!(&answer, Err(McpError::Internal(text)) if text.contains("may have run"));
        assert!(named, "{fate:?}: {answer:?}");
        assert_eq!(rpc.sent(functions::CallTool::NAME).len(), 1, "{fate:?}");
    }
}
