//! The page `docs/settings.md` has exactly the rows of the table.

const PAGE: &str = include_str!("../../../docs/settings.md");

#[test]
fn the_page_has_a_row_for_every_setting_with_its_default_and_meaning_and_no_other() {
    let sections = ["transport", "auth", "policy", "router"];
    assert!(
        settings::all().all(|setting| sections.contains(&setting.section)),
        "a section that the test does not look for"
    );
    let written: Vec<&str> = PAGE
        .lines()
        .filter(|line| sections.iter().any(|section| line.starts_with(&format!("| `{section}."))))
        .collect();
    let table: Vec<String> = settings::all()
        .map(|setting| {
            let settings::Setting { key, default, shapes, meaning, .. } = setting;
            format!("| `{key}` | {default} | {} | {meaning} |", shapes.word())
        })
        .collect();
    assert_eq!(written, table, "the rows of docs/settings.md are\n{}\n", table.join("\n"));
}
