//! What a policy decides: each shape of an answer, and each way to have none.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

use policy::{Bundle, Cause, Decision, Document, EvaluationError, File, Verdict};
use server::Limits;

fn decide(rules: &str, input: &str) -> Decision {
    let text = format!("package wasmcp\n\n{rules}\n");
    let bundle = Bundle::compile(&[File { path: "policy.rego", text: &text }])
        .unwrap_or_else(|error| panic!("{rules}: {error}"));
    bundle.decide(&Document::from_json(input).expect("an input"))
}

fn step_up(scopes: &[&str]) -> Verdict {
    Verdict::StepUp(scopes.iter().map(|scope| (*scope).to_owned()).collect())
}

#[test]
fn an_answer_is_true_or_an_object() {
    for (rules, verdict, reason) in [
        ("allow := true", Verdict::Allow, "a rule allows it"),
        ("allow if input.tool.name == \"a\"", Verdict::Allow, "a rule allows it"),
        ("allow := false", Verdict::Deny, "a rule denies it"),
        ("default allow := false\nallow if input.tool.name == \"b\"", Verdict::Deny, "a rule denies it"),
        ("allow := {\"allow\": true}", Verdict::Allow, "a rule allows it"),
        ("allow := {\"allow\": true, \"reason\": \"x\"}", Verdict::Allow, "x"),
        ("allow := {\"allow\": true, \"scopes\": []}", Verdict::Allow, "a rule allows it"),
        ("allow := {\"allow\": false, \"reason\": \"x\", \"scopes\": set()}", Verdict::Deny, "x"),
        ("allow := {\"allow\": false, \"scopes\": {\"b\", \"a\"}}", step_up(&["a", "b"]), "a rule denies it"),
        ("allow := {\"allow\": false, \"scopes\": [\"b\", \"a\"]}", step_up(&["b", "a"]), "a rule denies it"),
    ] {
        let decision = decide(rules, r#"{"phase": "call", "tool": {"name": "a"}}"#);
        assert_eq!(
            (decision.verdict, decision.reason.as_ref(), decision.cause),
            (verdict, reason, Cause::Rule),
            "{rules}"
        );
    }
}

/// A provider may tell numbers apart that are one as doubles.
#[test]
fn large_numbers_are_told_apart() {
    for (number, verdict) in [
        ("12345678901234567890123", Verdict::Deny),
        ("12345678901234567890124", Verdict::Allow),
        ("12345678901234567890122", Verdict::Allow),
        ("1.2345678901234567890123e22", Verdict::Deny),
    ] {
        let rules = "allow := true\ndeny contains \"no\" if input.arguments.a == 12345678901234567890123";
        let input = format!(r#"{{"phase": "call", "arguments": {{"a": {number}}}}}"#);
        assert_eq!(decide(rules, &input).verdict, verdict, "{number}");
    }
}

#[test]
fn an_answer_can_redact_arguments_and_set_limits() {
    let rules = "allow := {\"allow\": true, \"redact\": [\"card\", \"a/b\"], \"limits\": {\"time_ms\": 500, \"result_bytes\": 1000}}";
    let decision = decide(rules, r#"{"phase": "call"}"#);
    assert_eq!(decision.redact, ["card", "a/b"]);
    assert_eq!(decision.limits, Limits { time_ms: Some(500), result_bytes: Some(1000) });
}

#[test]
fn a_reason_of_deny_is_stronger_than_allow_and_visible() {
    for (phase, rules, verdict, reason) in [
        ("call", "allow := true\ndeny contains \"no\" if input.tool.name == \"a\"", Verdict::Deny, "no"),
        (
            "list",
            "allow := true\nvisible := true\ndeny contains \"no\" if input.tool.name == \"a\"",
            Verdict::Deny,
            "no",
        ),
        ("call", "allow := true\ndeny contains \"b\" if true\ndeny contains \"a\" if true", Verdict::Deny, "a; b"),
        ("call", "allow := {\"allow\": false, \"scopes\": [\"s\"]}\ndeny contains \"no\" if true", Verdict::Deny, "no"),
        ("call", "allow := true\ndeny contains \"no\" if input.tool.name == \"b\"", Verdict::Allow, "a rule allows it"),
        (
            "call",
            "allow if input.nothing\ndeny contains \"no\" if input.nothing",
            Verdict::Deny,
            "`data.wasmcp.allow` has no value for this input: no rule allows it",
        ),
    ] {
        let decision = decide(rules, &format!(r#"{{"phase": "{phase}", "tool": {{"name": "a"}}}}"#));
        assert_eq!((decision.verdict, decision.reason.as_ref()), (verdict, reason), "{rules}");
    }
}

#[test]
fn visible_decides_about_lists_and_allow_where_it_is_not_there() {
    for (rules, shown, callable) in [
        ("allow if input.arguments.a == 1", false, true),
        ("allow if input.arguments.a == 1\nvisible := true", true, true),
        ("allow := true\nvisible := false", false, true),
        ("allow if input.phase == \"list\"", true, false),
        ("allow := true\nvisible if input.nothing", false, true),
        ("allow := {\"allow\": false, \"scopes\": [\"s\"]}", true, false),
    ] {
        assert_eq!(decide(rules, r#"{"phase": "list"}"#).shows(), shown, "{rules}");
        let call = decide(rules, r#"{"phase": "call", "arguments": {"a": 1}}"#);
        assert_eq!(call.verdict == Verdict::Allow, callable, "{rules}");
    }
}

#[test]
fn what_is_no_answer_denies_and_says_why() {
    let endless =
        "allow if {\n\tsome a in input.many\n\tsome b in input.many\n\tsome c in input.many\n\ta + b + c < 0\n}";
    for (rules, word) in [
        ("allow if input.nothing", "undefined"),
        ("allow := 1", "ill-typed"),
        ("allow := \"true\"", "ill-typed"),
        ("allow := [true]", "ill-typed"),
        ("allow := null", "ill-typed"),
        ("allow := {}", "ill-typed"),
        ("allow := {\"allow\": 1}", "ill-typed"),
        ("allow := {\"allow\": true, \"reasons\": \"\"}", "ill-typed"),
        ("allow := {\"allow\": true, \"reason\": 1}", "ill-typed"),
        ("allow := {\"allow\": true, \"scopes\": [\"a\"]}", "ill-typed"),
        ("allow := {\"allow\": false, \"scopes\": \"a\"}", "ill-typed"),
        ("allow := {\"allow\": false, \"scopes\": [1]}", "ill-typed"),
        ("allow := {\"allow\": false, \"scopes\": [\"a b\"]}", "ill-typed"),
        ("allow := {\"allow\": false, \"scopes\": [\"a\\\"\"]}", "ill-typed"),
        ("allow := {\"allow\": true, \"redact\": {\"a\": 1}}", "ill-typed"),
        ("allow := {\"allow\": true, \"redact\": [i | some i, _ in input.many]}", "ill-typed"),
        ("allow := {\"allow\": true, \"limits\": 1}", "ill-typed"),
        ("allow := {\"allow\": true, \"limits\": {\"time_ms\": 0}}", "ill-typed"),
        ("allow := {\"allow\": true, \"limits\": {\"time_ms\": 1.5}}", "ill-typed"),
        ("allow := {\"allow\": true, \"limits\": {\"time_ms\": 5000000000}}", "ill-typed"),
        ("allow := {\"allow\": true, \"limits\": {\"time\": 1}}", "ill-typed"),
        ("allow := true\ndeny := true", "ill-typed"),
        ("allow := true\ndeny contains 1 if true", "ill-typed"),
        ("allow := true\ndeny := {\"a\": 1}", "ill-typed"),
        ("allow := input.many[0]\nallow := input.many[1]", "failed"),
        ("allow if to_number(input.text) == 1", "failed"),
        ("allow if not to_number(input.text)", "failed"),
        ("allow if input.many[_] / 0 == 1", "failed"),
        ("allow if regex.match(\"((a{1000}){1000}){1000}\", input.text)", "failed"),
        ("allow if not regex.match(\"(a*)*$|\\\\p{L}{1000}{1000}\", input.text)", "failed"),
        ("allow := true\ndeny contains \"a\" if to_number(input.text) == 1", "failed"),
        (endless, "too-long"),
        (&endless.replace("allow if", "allow if f(1)\nf(x) if"), "too-long"),
        ("allow if count([1 | some a in input.many; some b in input.many; some c in input.many]) > 0", "too-long"),
        (
            "allow := true\ndeny contains \"a\" if {\n\tevery a in input.many { every b in input.many { every c in input.many { a + b + c >= 0 } } }\n}",
            "too-long",
        ),
    ] {
        let many: Vec<u32> = (0..100).collect();
        let decision = decide(rules, &format!(r#"{{"phase": "call", "text": "secret", "many": {many:?}}}"#));
        assert_eq!((decision.verdict.clone(), decision.cause.word()), (Verdict::Deny, word), "{rules}: {decision:?}");
        assert!(matches!(decision.cause, Cause::Error(_)), "{rules}");
        assert!(!decision.reason.contains("secret"), "{rules}: {}", decision.reason);
    }
}

#[test]
fn a_package_is_evaluated_as_a_whole_where_the_name_of_its_import_is_used() {
    let lib = File { path: "lib.rego", text: "package lib\n\nlimit := 10\n\nother := to_number(\"x\")\n" };
    for (rule, verdict) in [
        ("import data.lib\nallow if lib.limit == 10", Verdict::Deny),
        ("import data.lib.limit\nallow if limit == 10", Verdict::Allow),
        ("allow if data.lib.limit == 10", Verdict::Allow),
    ] {
        let text = format!("package wasmcp\n{rule}\n");
        let bundle = Bundle::compile(&[lib, File { path: "policy.rego", text: &text }]).expect("a policy");
        let decision = bundle.decide(&Document::from_json(r#"{"phase": "call"}"#).expect("an input"));
        assert_eq!(decision.verdict, verdict, "{rule}: {decision:?}");
    }
}

#[test]
fn a_failed_evaluation_names_its_place() {
    let decision = decide("allow if {\n\tto_number(input.text) == 1\n}", r#"{"phase": "call", "text": "x"}"#);
    let Cause::Error(EvaluationError::Failed { place: Some(place), .. }) = &decision.cause else {
        panic!("{decision:?}")
    };
    assert_eq!((place.path.as_str(), place.line), ("policy.rego", 4));
    assert!(decision.reason.contains("policy.rego:4:"), "{}", decision.reason);
}

#[test]
fn a_decision_leaves_nothing_for_the_next() {
    let text =
        "package wasmcp\nallow if input.n == 1\nallow := {\"allow\": false, \"scopes\": [\"s\"]} if input.n == 2\n";
    let bundle = Bundle::compile(&[File { path: "policy.rego", text }]).expect("a policy");
    for _ in 0..3 {
        for (n, verdict) in [(1, Verdict::Allow), (2, step_up(&["s"])), (3, Verdict::Deny)] {
            let document = Document::from_json(&format!(r#"{{"phase": "call", "n": {n}}}"#)).expect("an input");
            assert_eq!(bundle.decide(&document).verdict, verdict);
        }
    }
}

#[test]
fn decisions_are_made_on_many_threads_at_once() {
    let text = "package wasmcp\nallow if input.n in data.allowed\nallow := false if not input.n in data.allowed\n";
    let data = r#"{"allowed": [1, 3, 5]}"#;
    let files = [File { path: "policy.rego", text }, File { path: "data.json", text: data }];
    let bundle = Bundle::compile(&files).expect("a policy");
    std::thread::scope(|scope| {
        for n in 0..8 {
            let bundle = &bundle;
            scope.spawn(move || {
                for _ in 0..200 {
                    let document = Document::from_json(&format!(r#"{{"phase": "call", "n": {n}}}"#)).expect("an input");
                    assert_eq!(bundle.decide(&document).verdict == Verdict::Allow, [1, 3, 5].contains(&n));
                }
            });
        }
    });
}
