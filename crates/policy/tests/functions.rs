//! The built-in functions: none ends the process, whatever a caller's arguments are, and the lists of the pages are those of the crate.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod files;

use std::collections::BTreeSet;

use policy::{
    Bundle, Cause, Document, EvaluationError, Family, File, MISSING_FUNCTIONS, REFUSED_FUNCTIONS, REGEX_FUNCTIONS,
};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use regorus::unstable::BUILTINS;

/// Values that are hard for functions.
const VALUES: [&str; 26] = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "64",
    "1000000000",
    "9223372036854775807",
    "-9223372036854775808",
    "18446744073709551616",
    "1e308",
    "\"\"",
    "\"a\"",
    "\"%1000000000d %s %v\"",
    "\"ü\\u0000/*{a,b}[\"",
    "\"(a*)*$|\\\\p{L}{1000}\"",
    "\"2026-13-45T99:00:00Z\"",
    "\"999999999999999999999999Ki\"",
    "\"10.0.0.0/0\"",
    "[]",
    "[1, \"a\", null]",
    "[[1, 2], [9223372036854775807, \"Europe/Berlin\"]]",
    "{}",
    "{\"a\": [\"b\"], \"b\": [\"a\"]}",
    "{\"\": {\"a/b\": [{}]}}",
    "[{\"op\": \"add\", \"path\": \"/a/9999999999\", \"value\": 1}]",
];
const TRIALS: usize = 100;

fn refused() -> Vec<&'static str> {
    REFUSED_FUNCTIONS.iter().map(|(name, _)| *name).collect()
}

#[test]
fn no_function_ends_the_process() {
    let random = &mut StdRng::seed_from_u64(1);
    let mut called = 0;
    let mut panicked = BTreeSet::new();
    for (name, (_, arity)) in BUILTINS.iter() {
        if refused().contains(name) || name.starts_with("__") || *name == "print" {
            continue;
        }
        let parameters: Vec<_> = (0..*arity).map(|at| format!("input.a{at}")).collect();
        let text = format!("package wasmcp\n\nallow if {}({}) == input.a0\n", name, parameters.join(", "));
        let bundle =
            Bundle::compile(&[File { path: "p.rego", text: &text }]).unwrap_or_else(|error| panic!("{error}\n{text}"));
        for _ in 0..TRIALS {
            let members: Vec<_> =
                (0..*arity).map(|at| format!("\"a{at}\": {}", VALUES.choose(random).expect("one"))).collect();
            let document =
                Document::from_json(&format!("{{\"phase\": \"call\", {}}}", members.join(", "))).expect("an input");
            let decision = bundle.decide(&document);
            if let Cause::Error(EvaluationError::Failed { detail, .. }) = &decision.cause
                && detail == "a built-in function panicked"
            {
                panicked.insert(*name);
            }
            called += 1;
        }
    }
    assert_eq!(panicked, BTreeSet::new());
    assert!(called > 5_000, "only {called} calls");
}

#[test]
fn every_function_belongs_to_the_family_of_its_feature() {
    for name in BUILTINS.keys() {
        let has_dot = name.contains('.');
        let everywhere = ["array.", "bits.", "json.", "numbers.", "object.", "strings.", "units.", "opa."];
        let is_everywhere = !has_dot || everywhere.iter().any(|start| name.starts_with(start));
        assert!(Family::of(name).is_some() || is_everywhere || name.starts_with("__"), "{name} has no family");
    }
    for family in Family::ALL {
        assert!(BUILTINS.keys().any(|name| Family::of(name) == Some(family)), "{family:?} has no function");
    }
}

#[test]
fn what_is_said_to_be_missing_is_missing_and_the_page_lists_it() {
    let page = std::fs::read_to_string(files::root().join("policies/README.md")).expect("the page");
    for name in MISSING_FUNCTIONS {
        let is_there =
            BUILTINS.keys().any(|function| function == name || (name.ends_with('.') && function.starts_with(name)));
        assert!(!is_there, "{name} is there");
        let shown = if name.ends_with('.') { format!("`{name}*`") } else { format!("`{name}`") };
        assert!(page.contains(&shown), "policies/README.md does not list {shown}");
    }
    for name in refused() {
        assert!(page.contains(&format!("`{name}`")), "policies/README.md does not list `{name}`");
    }
}

#[test]
fn the_functions_of_regex_are_those_of_regorus() {
    let built_in: BTreeSet<_> =
        BUILTINS.keys().copied().filter(|name| Family::of(name) == Some(Family::Regex)).collect();
    assert_eq!(built_in, REGEX_FUNCTIONS.iter().copied().collect());
}
