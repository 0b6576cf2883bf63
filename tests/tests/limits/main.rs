//! `docs/limits.md`: each of its rows says what the code has, no bound of the sources is missing, and each row is exceeded once, beside a
//! neighbour whose answers stay right.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod page;
mod rows;
mod sources;
mod walk;

use std::collections::BTreeSet;

use rows::{ROWS, Shown};

#[test]
fn the_page_and_the_table_of_this_test_have_the_same_rows() {
    let page: Vec<String> = page::rows().into_iter().map(|row| row.what).collect();
    let table: Vec<&str> = ROWS.iter().map(|row| row.what).collect();
    assert_eq!(page, table);
    assert_eq!(BTreeSet::from_iter(&table).len(), table.len(), "two rows are called the same");
}

#[test]
fn each_row_of_the_page_has_the_default_of_the_code() {
    let (options, settings) = (sources::options(), sources::settings());
    for (on_page, row) in page::rows().iter().zip(ROWS) {
        let defaults = row.defaults(&options, &settings);
        assert!(
            defaults.is_empty() || defaults.iter().any(|default| sources::same(default, &on_page.default)),
            "{}: the page says {}, the code has one of {defaults:?}",
            row.what,
            on_page.default
        );
        for name in page::names_of_options(&on_page.change) {
            assert!(options.contains_key(&name), "{}: `wasmcp serve` has no option {name}", row.what);
        }
        for name in page::names_of_settings(&on_page.change) {
            assert!(settings.contains_key(&name), "{}: there is no setting {name}", row.what);
        }
    }
}

#[test]
fn every_bound_of_the_sources_is_on_the_page() {
    let on_page: BTreeSet<(&str, &str)> = ROWS.iter().filter_map(rows::Row::constant).collect();
    let not_bounds: BTreeSet<(&str, &str)> = rows::NOT_BOUNDS.iter().copied().collect();
    let found = sources::constants();
    assert!(found.len() > 60, "the sources are not read: {}", found.len());
    for constant in &found {
        let key = (constant.file.as_str(), constant.name.as_str());
        assert!(
            on_page.contains(&key) != not_bounds.contains(&key),
            "{key:?} is neither a row of docs/limits.md (tests/tests/limits/rows.rs) nor among what is no bound, or both"
        );
    }
    for key in on_page.union(&not_bounds) {
        assert!(
            found.iter().any(|constant| (constant.file.as_str(), constant.name.as_str()) == *key),
            "{key:?} is not in the sources any more"
        );
    }
}

#[test]
fn a_row_that_another_test_exceeds_names_a_test_that_exists() {
    for row in ROWS {
        if let Shown::By(file, test) = row.shown {
            let source = sources::read(file);
            assert!(source.contains(&format!("fn {test}()")), "{}: {file} has no test `{test}`", row.what);
        }
    }
}

#[test]
fn each_row_is_exceeded_once_beside_a_neighbour() {
    let walk = walk::Walk::start();
    let mut exceeded: Vec<fn(&walk::Walk)> = Vec::new();
    for row in ROWS {
        // A case may exceed several bounds.
        if let Shown::Walked(exceed) = row.shown
            && !exceeded.iter().any(|before| std::ptr::fn_addr_eq(*before, exceed))
        {
            exceed(&walk);
            exceeded.push(exceed);
        }
    }
}
