//! The providers of `tests/languages/outcomes`, one in each language: the conversations that all of them must have. None of them uses a
//! library of ours, so that what a language's bindings cannot do is seen here.

use anyhow::Result;

use crate::{Built, Case, Setup, cases};

/// The most legs that a call may have: the table takes it for granted.
const MAX_LEGS: &str = "10";
/// The setting `greeting`, which the table takes for granted too.
const GREETING: &str = "grüß dich 🌍";
const TABLE: &str = include_str!("../conversations/outcomes.toml");

/// What `tools/build-outcomes` has built.
pub fn all() -> Result<Vec<Built>> {
    Built::all("target/outcomes/", "outcomes.wasm")
}

/// The name of the provider of a language.
pub fn name(built: &Built) -> String {
    format!("outcomes-{}", built.language)
}

/// The URI of its resource.
pub fn uri(built: &Built) -> String {
    format!("outcomes://{}/bytes", built.language)
}

/// The rows of the table for a language whose tools have this prefix.
pub fn rows(built: &Built, prefix: &str) -> Result<Vec<Case>> {
    let filled = [("{{prefix}}", prefix), ("{{provider}}", &name(built)), ("{{uri}}", &uri(built))];
    cases(&filled.iter().fold(TABLE.to_owned(), |table, (place, text)| table.replace(place, text)))
}

/// A server of these providers, with the settings that the table takes for granted. One alone has no prefix.
pub fn setup(built: &[Built]) -> Setup {
    let named: Vec<String> = built.iter().map(|built| built.named(&name(built))).collect();
    let setup = Setup::of(&named.iter().map(String::as_str).collect::<Vec<_>>()).set("transport", "max-legs", MAX_LEGS);
    built.iter().fold(setup, |setup, one| {
        let setup = setup.set(&name(one), "greeting", GREETING).set(&name(one), "empty", "");
        if built.len() > 1 { setup.prefix(&name(one), &one.prefix()) } else { setup }
    })
}
