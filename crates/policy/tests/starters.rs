//! The starter policies: their own tests, and what `wasmcp check` would say of them.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod files;

use files::{POLICIES, TextFile, borrowed, folder};
use policy::{Bundle, TestOutcome, run_tests};

#[test]
fn every_starter_passes_its_own_tests() {
    for name in POLICIES {
        let results = run_tests(&borrowed(&folder(name))).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(results.len() >= 5, "{name} has only {} tests", results.len());
        for result in results {
            assert_eq!(result.outcome, TestOutcome::Passed, "{name}: {} at {}", result.name, result.place);
        }
    }
}

#[test]
fn a_starter_has_no_findings() {
    for name in POLICIES {
        let bundle = Bundle::compile(&borrowed(&folder(name))).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(bundle.findings(), [], "{name}");
    }
}

#[test]
fn a_test_that_does_not_hold_is_reported_with_its_place() {
    let mut files = folder("read-only");
    let text = "package wasmcp_test\nimport data.wasmcp\n\ntest_wrong if wasmcp.allow == 1\n\ntest_error if to_number(input.x) == 1\n\ntodo_test_later if false\n\ntest_number := 1\n";
    files.retain(|file| !file.path.ends_with("_test.rego"));
    files.push(TextFile { path: "extra_test.rego".to_owned(), text: text.replace("input.x", "\"x\"") });
    let results = run_tests(&borrowed(&files)).expect("compiles");
    let found: Vec<_> =
        results.iter().map(|result| (result.name.as_str(), result.place.line, result.outcome.clone())).collect();
    assert_eq!(found[0], ("data.wasmcp_test.test_error", 6, found[0].2.clone()));
    assert!(
        matches!(&found[0].2, TestOutcome::Error(text) if text.starts_with("extra_test.rego:6:")),
        "{:?}",
        found[0]
    );
    assert!(matches!(found[1].2, TestOutcome::Error(_)));
    assert_eq!(found[2], ("data.wasmcp_test.test_wrong", 4, TestOutcome::Failed));
    assert_eq!(found[3], ("data.wasmcp_test.todo_test_later", 8, TestOutcome::Skipped));
}
