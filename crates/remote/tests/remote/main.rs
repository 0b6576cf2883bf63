//! What becomes of calls when links, hosts and providers fail.
#![allow(
    missing_docs,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::type_complexity,
    clippy::unwrap_used,
    reason = "tests fail loudly, and their tables have the types that they need"
)]

mod scripted;

use std::sync::Arc;

use catalog::{Catalog, GAPS, Route};
use contract::Provider;
use contract::model::*;
use contract::{Events, Function, functions};
use remote::{Baked, Config, Remote, assemble};
use wire::encode_all;

use scripted::{Fate, Made, Scripted};

fn context(remaining_ms: u32) -> Context {
    Context::internal("c".to_owned(), remaining_ms)
}

fn tool(name: &str, idempotent: bool) -> Tool {
    Tool {
        name: name.into(),
        title: None,
        description: None,
        input_schema: r#"{"type":"object"}"#.into(),
        output_schema: None,
        annotations: Some(ToolAnnotations {
            title: None,
            read_only_hint: None,
            destructive_hint: None,
            idempotent_hint: Some(idempotent),
            open_world_hint: None,
            extra: None,
        }),
        task_support: None,
        icons: vec![],
        extra: None,
    }
}

fn absent() -> Fate {
    Fate::Absent
}

/// Answers a list with these tools, of which some may run twice.
fn listed(tools: &[(&str, bool)]) -> Fate {
    page(tools.iter().map(|(name, idempotent)| tool(name, *idempotent)).collect())
}

fn page(tools: Vec<Tool>) -> Fate {
    let page: Result<ToolPage, McpError> = Ok(ToolPage { tools, next_cursor: None, cache: None, extra: None });
    Fate::Answered(1, encode_all(&page))
}

/// Answers a call after so many milliseconds.
fn done(after_ms: u32) -> Fate {
    let output = ToolOutput { content: vec![], structured_content: None, is_error: false, extra: None };
    let leg: Result<ToolLeg, McpError> = Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Complete(output) });
    Fate::Answered(after_ms, encode_all(&leg))
}

fn settings(key: &str) -> Option<String> {
    let value = match key {
        "providers" => "a,b=two.",
        "take-timeout-ms" => "50",
        "retry-after-ms" => "1000",
        "list-timeout-ms" => "500",
        "answer-limit" => "10000",
        _ => return None,
    };
    Some(value.to_owned())
}

/// Two providers: `a` is known to have the tools `again`, which may run twice, and `once`, and a resource; of `b` nothing is known.
fn server(lattice: &Arc<Scripted>) -> Catalog<Remote<Scripted>> {
    let route = Route {
        tools: vec!["again".into(), "once".into()],
        repeatable: vec!["again".into()],
        resources: vec!["a:known".into()],
        offered: catalog::Offered { tools: true, resources: true, ..Default::default() },
        ..Route::default()
    };
    let baked = Baked { providers: [("a".to_owned(), route)].into() };
    assemble(lattice, &Config::from_settings(settings).expect("settings"), &baked).expect("catalogue")
}

/// Calls a tool with ten seconds to spare. The tools of `a` are listed as known, those of `b` are `far` and `away`.
fn call(name: &str, fates: &'static [fn() -> Fate]) -> (Result<ToolLeg, McpError>, Arc<Scripted>) {
    let lattice = Scripted::new(|link, function, earlier| match function {
        functions::ListTools::NAME if link == "a" => listed(&[("again", true), ("once", false)]),
        functions::ListTools::NAME => listed(&[("far", false)]),
        _ => fates.get(earlier).map_or_else(|| panic!("call {earlier} of {function:?}"), |fate| fate()),
    });
    let call = ToolCall { name: name.into(), arguments: "{}".into(), resumed: None, extra: None };
    let answer = lattice.run(server(&lattice).call_tool(&context(10_000), &call, &Events::NONE));
    (answer, lattice)
}

/// When each call was made, as which attempt, and whether its parameters went along.
fn calls(lattice: &Scripted) -> Vec<(u64, Option<u32>, bool)> {
    lattice
        .made(functions::CallTool::NAME)
        .into_iter()
        .map(|Made { at_ms, attempt, whole, .. }| (at_ms, attempt, whole))
        .collect()
}

#[test]
fn a_tool_that_may_run_twice_goes_out_whole_and_is_called_again_whatever_is_lost() {
    type Calls = &'static [(u64, Option<u32>, bool)];
    let cases: [(&str, &'static [fn() -> Fate], u64, Calls); 8] = [
        ("at once", &[|| done(3)], 3, &[(0, Some(1), true)]),
        (
            "nobody confirms it: each time it may have run, and counts",
            &[|| Fate::Ignored, || Fate::Ignored, || done(3)],
            254,
            &[(0, Some(1), true), (51, Some(2), true), (251, Some(3), true)],
        ),
        ("a trap", &[|| Fate::Cut(5), || done(3)], 9, &[(0, Some(1), true), (6, Some(2), true)]),
        (
            "a host that dies: the next attempt begins beside the first",
            &[|| Fate::Hangs, || done(3)],
            1004,
            &[(0, Some(1), true), (1001, Some(2), true)],
        ),
        (
            "a slow answer is not cut short by an attempt that hangs",
            &[|| done(3000), || Fate::Hangs],
            3000,
            &[(0, Some(1), true), (1001, Some(2), true)],
        ),
        (
            "nobody there for a moment",
            &[|| Fate::Absent, || Fate::Absent, || done(3)],
            303,
            &[(0, Some(1), true), (50, Some(2), true), (300, Some(3), true)],
        ),
        (
            "nobody there for a moment, and then nobody confirms it",
            &[|| Fate::Absent, || Fate::Ignored, || done(3)],
            104,
            &[(0, Some(1), true), (50, Some(2), true), (101, Some(3), true)],
        ),
        (
            "two traps",
            &[|| Fate::Cut(1), || Fate::Cut(1), || done(1)],
            5,
            &[(0, Some(1), true), (2, Some(2), true), (4, Some(3), true)],
        ),
    ];
    for (note, fates, took, expected) in cases {
        let (answer, lattice) = call("again", fates);
        assert!(answer.is_ok(), "{note}: {answer:?}");
        assert_eq!((lattice.now(), calls(&lattice).as_slice()), (took, expected), "{note}");
        let ids: Vec<_> = lattice.made(functions::CallTool::NAME).into_iter().map(|made| made.call_id).collect();
        assert_eq!(ids, vec![Some("c".to_owned()); expected.len()], "{note}: all are one call");
    }
}

#[test]
fn a_tool_may_run_twice_if_it_says_that_it_is_idempotent_or_only_reads() {
    let cases = [
        (None, None, 1),
        (Some(false), Some(false), 1),
        (Some(true), None, 2),
        (None, Some(true), 2),
        (Some(false), Some(true), 2),
    ];
    for (idempotent_hint, read_only_hint, calls) in cases {
        let lattice = Scripted::new(move |_, function, earlier| match (function, earlier) {
            (functions::ListTools::NAME, _) => {
                let mut tool = tool("once", false);
                tool.annotations =
                    tool.annotations.map(|all| ToolAnnotations { idempotent_hint, read_only_hint, ..all });
                page(vec![tool])
            }
            (_, 0) => Fate::Cut(1),
            _ => done(1),
        });
        let call = ToolCall { name: "once".into(), arguments: "{}".into(), resumed: None, extra: None };
        let answer = lattice.run(server(&lattice).call_tool(&context(10_000), &call, &Events::NONE));
        let made = lattice.made(functions::CallTool::NAME).len();
        assert_eq!((answer.is_ok(), made), (calls == 2, calls), "{idempotent_hint:?}, {read_only_hint:?}: {answer:?}");
    }
}

#[test]
fn a_resource_whose_first_answer_is_lost_is_read_again() {
    for lost in [Fate::Cut(1), Fate::Ignored, Fate::Hangs] {
        let lattice = Scripted::new(move |_, _, earlier| match earlier {
            0 => lost.clone(),
            _ => {
                let output = ResourceOutput { contents: vec![], cache: None, extra: None };
                let leg: Result<ResourceLeg, McpError> =
                    Ok(ResourceLeg { events: vec![], outcome: ResourceOutcome::Complete(output) });
                Fate::Answered(1, encode_all(&leg))
            }
        });
        let read = ResourceRead { uri: "a:known".into(), resumed: None, extra: None };
        let answer = lattice.run(server(&lattice).read_resource(&context(10_000), &read, &Events::NONE));
        assert!(answer.is_ok(), "{answer:?}");
        let made: Vec<_> =
            lattice.made(functions::ReadResource::NAME).into_iter().map(|made| (made.call_id, made.attempt)).collect();
        assert_eq!(made, [1, 2].map(|attempt| (Some("c".to_owned()), Some(attempt))));
    }
}

#[test]
fn a_tool_that_may_run_once_gets_its_parameters_when_it_is_taken_and_never_runs_twice() {
    let (answer, lattice) = call("once", &[|| Fate::Ignored, || Fate::Ignored, || done(3)]);
    assert!(answer.is_ok(), "{answer:?}");
    let expected = [(0, None, false), (50, None, false), (250, Some(1), false)];
    assert_eq!(calls(&lattice), expected, "what nobody took never got its parameters");

    let (answer, lattice) = call("once", &[|| Fate::Ignored, || Fate::Absent, || done(3)]);
    assert!(answer.is_ok(), "{answer:?}");
    let expected = [(0, None, false), (50, None, false), (100, Some(1), false)];
    assert_eq!(calls(&lattice), expected, "its host was lost, and nobody is there for a moment");

    // What others take after all is closed, so that they do not wait for parameters.
    let (answer, lattice) = call("once", &[|| Fate::TakenLate(500), || Fate::Ignored, || done(600)]);
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!((lattice.closed(), lattice.now()), (vec![0], 850));

    let unknown: [(&str, &'static [fn() -> Fate], &str); 3] = [
        ("a trap", &[|| Fate::Cut(5)], "it broke off without an answer. The tool `once` may have run"),
        ("a host that dies", &[|| Fate::Hangs], "it did not answer in time. The tool `once` may have run"),
        (
            "an answer of no end",
            &[|| Fate::Answered(1, vec![0; 10_001])],
            "its answer has more than 10000 bytes. The tool `once` may have run",
        ),
    ];
    for (note, fates, message) in unknown {
        let (answer, lattice) = call("once", fates);
        match answer {
            Err(McpError::Internal(text)) => assert!(text.starts_with(&format!("provider `a`: {message}")), "{text}"),
            other => panic!("{note}: {other:?}"),
        }
        assert_eq!(lattice.made(functions::CallTool::NAME).len(), 1, "{note}: once");
        assert!(lattice.now() <= 10_000, "{note}: {}", lattice.now());
    }
}

#[test]
fn an_answer_that_is_too_large_would_be_so_again() {
    let (answer, lattice) = call("again", &[|| Fate::Answered(1, vec![0; 10_001])]);
    assert!(answer.is_err(), "{answer:?}");
    assert_eq!(calls(&lattice).len(), 1);
}

#[test]
fn what_certainly_did_not_run_is_an_error_that_says_try_again() {
    let cases: [(&str, &str, &'static [fn() -> Fate]); 3] = [
        ("nobody is there", "once", &[|| Fate::Absent, || Fate::Absent, || Fate::Absent]),
        ("nobody is there for one that may run twice, in all of its attempts", "again", &[absent as fn() -> Fate; 3]),
        ("nobody takes it", "once", &[|| Fate::Ignored, || Fate::Ignored, || Fate::Ignored]),
    ];
    for (note, name, fates) in cases {
        let (answer, _) = call(name, fates);
        assert_eq!(answer, Err(McpError::Unavailable(Some(1000))), "{note}");
    }
    let (answer, _) = call("once", &[|| Fate::Unlinked]);
    assert_eq!(
        answer,
        Err(McpError::Internal("provider `a`: there is no link of its name: add one to the manifest".into()))
    );
}

#[test]
fn what_was_known_when_the_server_was_put_together_allows_nothing_twice() {
    // The provider was replaced since: the tool may run once now.
    for fate in [Fate::Cut(1), Fate::Ignored, Fate::Hangs, Fate::Answered(1, vec![7])] {
        let lost = fate.clone();
        let lattice = Scripted::new(move |_, function, _| match function {
            functions::ListTools::NAME => listed(&[("again", false)]),
            _ => lost.clone(),
        });
        let call = ToolCall { name: "again".into(), arguments: "{}".into(), resumed: None, extra: None };
        let answer = lattice.run(server(&lattice).call_tool(&context(10_000), &call, &Events::NONE));
        let named = matches!(&answer, Err(McpError::Internal(text)) if text.contains("may have run"));
        assert!(named, "{fate:?}: {answer:?}");
        assert_eq!(lattice.made(functions::CallTool::NAME).len(), 1, "{fate:?}");
    }
}

#[test]
fn what_comes_before_a_call_takes_of_its_time() {
    // Every list of `b` takes 400 ms; the call is told what is left of three seconds.
    let lattice = Scripted::new(|link, function, _| match (link, function) {
        ("b", functions::ListTools::NAME) => {
            let page: Result<ToolPage, McpError> =
                Ok(ToolPage { tools: vec![], next_cursor: Some("on".into()), cache: None, extra: None });
            Fate::Answered(400, encode_all(&page))
        }
        (_, functions::ListTools::NAME) => listed(&[]),
        _ => Fate::Hangs,
    });
    let call = ToolCall { name: "two.unknown".into(), arguments: "{}".into(), resumed: None, extra: None };
    let answer = lattice.run(server(&lattice).call_tool(&context(3000), &call, &Events::NONE));
    assert!(answer.is_err(), "{answer:?}");
    assert!(lattice.now() <= 3000, "{} ms", lattice.now());
}

#[test]
fn a_tool_of_a_provider_that_was_not_known_is_found_by_asking() {
    let (answer, lattice) = call("two.far", &[|| done(3)]);
    assert!(answer.is_ok(), "{answer:?}");
    assert_eq!(lattice.made(functions::CallTool::NAME)[0].link, "b");
    let (answer, lattice) = call("three", &[]);
    assert_eq!(answer, Err(McpError::UnknownName("three".into())));
    assert!(lattice.made(functions::CallTool::NAME).is_empty());
}

#[test]
fn a_list_is_served_without_the_lost_and_says_so_within_its_time() {
    let cases: [(&str, fn() -> Fate, u64); 5] = [
        ("absent", || Fate::Absent, 1),
        ("not linked", || Fate::Unlinked, 1),
        ("traps every time", || Fate::Cut(1), 8),
        ("hangs", || Fate::Hangs, 500),
        ("nobody takes it", || Fate::Ignored, 500),
    ];
    for (note, fate, took) in cases {
        let lattice = Scripted::new(move |link, _, _| if link == "a" { listed(&[("again", true)]) } else { fate() });
        let page = lattice.run(server(&lattice).list_tools(&context(10_000), None)).expect(note);
        let names: Vec<_> = page.tools.iter().map(|tool| tool.name.as_str()).collect();
        assert_eq!(names, ["again"], "{note}");
        assert_eq!(page.extra, Some(format!(r#"{{"_meta":{{"{GAPS}":["b"]}}}}"#)), "{note}");
        assert!(lattice.now() <= took, "{note}: {} ms", lattice.now());
    }
    let lattice = Scripted::new(|_, _, _| Fate::Absent);
    let nobody = lattice.run(server(&lattice).list_tools(&context(10_000), None));
    assert_eq!(nobody, Err(McpError::Unavailable(Some(1000))));
}

#[test]
fn all_are_asked_at_once() {
    let lattice = Scripted::new(|_, _, _| Fate::Hangs);
    assert!(lattice.run(server(&lattice).describe(&context(10_000))).is_err());
    assert_eq!(lattice.made(functions::Describe::NAME).iter().filter(|made| made.at_ms == 0).count(), 2);
    assert_eq!(lattice.now(), 500);
}

#[test]
fn an_answer_that_is_not_of_the_contract_is_an_error_that_says_where() {
    let (answer, _) = call("again", &[|| Fate::Answered(1, vec![7])]);
    match answer {
        Err(McpError::Internal(text)) => {
            assert!(text.contains("provider `a`: its answer is not of this contract"), "{text}")
        }
        other => panic!("{other:?}"),
    }
}
