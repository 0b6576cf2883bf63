//! `docs/policy.md`: each test that its last table names is there.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod files;

use std::collections::BTreeSet;

use files::root;

#[test]
fn each_test_that_the_page_names_is_in_its_file() {
    let page = std::fs::read_to_string(root().join("docs/policy.md")).expect("the page");
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| T2")).collect();
    let numbers: BTreeSet<_> = rows.iter().filter_map(|row| row.get(2..5)).collect();
    assert_eq!(numbers, BTreeSet::from(["T20", "T21", "T22", "T23", "T24"]));
    for row in rows {
        let references: Vec<_> =
            row.split('`').skip(1).step_by(2).filter_map(|span| span.split_once(".rs: ")).collect();
        assert!(!references.is_empty(), "{row}");
        for (file, test) in references {
            let source = std::fs::read_to_string(root().join(format!("{file}.rs"))).expect(file);
            let function = source.find(&format!("fn {test}(")).unwrap_or_else(|| panic!("{file}.rs has no `{test}`"));
            let attributes = source[..function].rsplit("\n\n").next().unwrap_or_default();
            assert!(attributes.contains("#[test]"), "{file}.rs: `{test}` is no test");
        }
    }
}
