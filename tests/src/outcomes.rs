//! The providers of `tests/languages/outcomes`, one in each language: the conversations that all of them must have. None of them uses a
//! library of ours, so that what a language's bindings cannot do is seen here.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use crate::examples::{Endpoint, is_text, only_of};
use crate::{Built, Case, Request, Setup, cases};

/// The most legs that a call may have: the table takes it for granted.
pub const MAX_LEGS: &str = "10";
/// The settings of each provider, which the table takes for granted too.
pub const SETTINGS: [(&str, &str); 2] = [("greeting", "grüß dich 🌍"), ("empty", "")];
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
fn uri(built: &Built) -> String {
    format!("outcomes://{}/bytes", built.language)
}

/// What goes before the names of its tools where these are served. One alone has no prefix.
fn prefix(served: &[Built], built: &Built) -> String {
    if served.len() > 1 { built.prefix() } else { String::new() }
}

/// The rows of the table for one of the providers that are served.
pub fn rows(served: &[Built], built: &Built) -> Result<Vec<Case>> {
    let filled = [("{{prefix}}", prefix(served, built)), ("{{provider}}", name(built)), ("{{uri}}", uri(built))];
    cases(&filled.iter().fold(TABLE.to_owned(), |table, (place, text)| table.replace(place, text)))
}

/// A server of these providers, with the settings that the table takes for granted.
pub fn setup(served: &[Built]) -> Setup {
    let named: Vec<String> = served.iter().map(|built| built.named(&name(built))).collect();
    let setup = Setup::of(&named.iter().map(String::as_str).collect::<Vec<_>>()).set("transport", "max-legs", MAX_LEGS);
    served.iter().fold(setup, |setup, built| {
        let name = name(built);
        let setup = SETTINGS.iter().fold(setup, |setup, (key, value)| setup.set(&name, key, value));
        if served.len() > 1 { setup.prefix(&name, &prefix(served, built)) } else { setup }
    })
}

/// Fails unless a row of one of the providers holds. What the others have in a list is left out.
pub fn judge(server: &impl Endpoint, served: &[Built], built: &Built, case: &Case) -> Result<()> {
    let reply = server.send(&case.request()?)?;
    case.judge(&only_of(&prefix(served, built), &uri(built), reply))
}

/// Fails unless a crash of one of the providers ends that call, and every provider answers after it.
pub fn outlives_a_crash(server: &impl Endpoint, served: &[Built], built: &Built) -> Result<()> {
    let crashed = server.send(&Request::call(&(prefix(served, built) + "crash"), "{}"))?;
    ensure!(!crashed.text().contains("\"result\""), "{}", crashed.text());
    served.iter().try_for_each(|built| {
        let count = prefix(served, built) + "count";
        is_text(server, &count, &json!({ "to": 2 }), "counted to 2 in 2 legs").context(built.language)
    })
}
