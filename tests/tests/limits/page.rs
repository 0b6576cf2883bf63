//! Reads the tables of `docs/limits.md`.

use super::sources::read;

/// A row of the page.
pub(crate) struct PageRow {
    pub(crate) what: String,
    pub(crate) default: String,
    pub(crate) change: String,
}

/// All rows, in their order.
pub(crate) fn rows() -> Vec<PageRow> {
    let page = read("docs/limits.md");
    let cells = page.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"));
    let rows = cells.map(|line| line.split(" | ").map(str::to_owned).collect::<Vec<_>>());
    rows.filter(|cells| cells.first().is_some_and(|cell| cell != "what" && cell != "---"))
        .map(|cells| match cells.as_slice() {
            [what, default, change, gets] if !gets.is_empty() => {
                PageRow { what: what.clone(), default: default.clone(), change: change.clone() }
            }
            other => panic!("not a row of four cells: {other:?}"),
        })
        .collect()
}

/// The options that a text names.
pub(crate) fn names_of_options(text: &str) -> Vec<String> {
    quoted(text).filter(|name| name.starts_with("--")).collect()
}

/// The settings that a text names.
pub(crate) fn names_of_settings(text: &str) -> Vec<String> {
    quoted(text).filter(|name| name.starts_with("transport.")).collect()
}

fn quoted(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned)
}
