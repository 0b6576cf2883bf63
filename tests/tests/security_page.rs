//! `docs/security.md`: each requirement of the chapter has one row, and each test that the page names is in the file that it names.

#![allow(clippy::indexing_slicing, clippy::panic, reason = "a test may fail loudly")]

use std::fs;

const PAGE: &str = include_str!("../../docs/security.md");
const REPOSITORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// The sections of C10 in AISVS 1.01, each with the number of its last requirement.
const SECTIONS: [(u32, u32); 4] = [(1, 3), (2, 10), (3, 6), (4, 21)];

/// A number that 1.01 does not use any more.
const REMOVED: &str = "10.2.6";

/// What a row can say of its requirement.
const STATES: [&str; 4] = ["met", "partly", "not met", "not ours"];

#[test]
fn each_requirement_has_one_row_and_one_that_is_met_names_a_test() {
    let numbers = SECTIONS.iter().flat_map(|(section, last)| (1..=*last).map(move |n| format!("10.{section}.{n}")));
    let numbers: Vec<String> = numbers.filter(|number| number != REMOVED).collect();
    let rows: Vec<Vec<&str>> = PAGE.lines().filter(|line| line.starts_with("| 10.")).map(cells).collect();
    let on_page: Vec<&str> = rows.iter().map(|cells| cells[0]).collect();
    assert_eq!(on_page, numbers);
    for cells in &rows {
        let [number, level, subject, state, shown] = cells[..] else { panic!("not a row of five cells: {cells:?}") };
        assert!(["1", "2", "3"].contains(&level) && !subject.is_empty() && !shown.is_empty(), "{cells:?}");
        assert!(STATES.contains(&state), "{number}: `{state}` is none of {STATES:?}");
        assert!(state != "met" || references(shown).any(|(_, test)| test.is_some()), "{number} names no test");
        assert!(state != "partly" || shown.contains("Missing: "), "{number} does not say what is missing");
    }
}

#[test]
fn each_test_that_the_page_names_is_in_its_file() {
    let references: Vec<_> = references(PAGE).collect();
    assert!(references.len() > 50, "the page is not read: {}", references.len());
    for (file, test) in references {
        let source =
            fs::read_to_string(format!("{REPOSITORY}/{file}")).unwrap_or_else(|error| panic!("`{file}`: {error}"));
        if let Some(test) = test {
            assert!(has_test(&source, test), "{file} has no test `{test}`");
        }
    }
}

fn cells(row: &str) -> Vec<&str> {
    row.trim_matches('|').split(" | ").map(str::trim).collect()
}

/// The files that a text names between backticks, each with the test behind the colon.
fn references(text: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let spans = text.split('`').skip(1).step_by(2).filter(|span| span.contains(".rs") || span.contains(".toml"));
    spans.map(|span| span.split_once(": ").map_or((span, None), |(file, test)| (file, Some(test))))
}

/// Whether a source has a function of this name that is a test, or, where the name is a sentence, that sentence as the name of a case.
fn has_test(source: &str, test: &str) -> bool {
    if test.contains(' ') {
        return source.contains(&format!("\"{test}\""));
    }
    let Some((before, _)) = source.split_once(&format!("fn {test}(")) else { return false };
    let attributes = before.rsplit("\n\n").next().unwrap_or_default();
    attributes.contains("#[test]") || attributes.contains("#[tokio::test")
}
