//! What providers say of themselves and list: a static one is refused at the start, where it has no neighbour, and one whose catalogue can
//! change exceeds the bound later, beside its neighbour.

use serde_json::{Value, json};
use wasmcp_tests::{Request, Server, Setup};

use super::{PROVIDERS, Walk, refused, reply, says, start};

/// The newest version.
const NEWEST: &str = "2026-07-28";

/// A hostile provider of which a setting says how much it says or lists. It passes more to the host than others may.
fn swollen(key: &str, size: usize) -> Setup {
    Setup::of(&PROVIDERS).set("hostile", key, &size.to_string()).flags(&["--limit-result", "hostile=64MiB"])
}

/// The same where it says so once the server has started.
fn later(key: &str, size: usize) -> Server {
    start(&swollen(key, size).set("hostile", "static", "false"))
}

/// The list of tools as a client gets it: the names, and the provider that is missing.
pub(super) fn list(server: &Server, version: &str) -> (Vec<String>, Option<String>) {
    let answer = reply(server, "a list", &Request::of(version, "tools/list", json!({}))).json().unwrap();
    let tools = answer.pointer("/result/tools").and_then(Value::as_array).unwrap_or_else(|| panic!("{answer}"));
    (tools.iter().filter_map(|tool| tool.get("name")?.as_str()).map(str::to_owned).collect(), gap(&answer))
}

/// The provider whose part of an answer is missing.
pub(super) fn gap(answer: &Value) -> Option<String> {
    answer.pointer("/result/_meta/wasmcp~1gaps/0").and_then(Value::as_str).map(str::to_owned)
}

/// Checks that a list that is read to find who has a tool is an error that says this.
fn search_says(server: &Server, said: &str) {
    says(&reply(server, "a search", &Request::call("nothing", "{}")).json().unwrap(), said);
}

pub(crate) fn pages(_: &Walk) {
    let said = "provider `hostile` lists its tools on more than 1000 pages";
    refused(&swollen("pages", 1001), said);
    search_says(&later("pages", 1001), said);
}

pub(crate) fn items(_: &Walk) {
    let said = "provider `hostile` lists more than 10000 tools";
    refused(&swollen("tools", 10_000), said);
    search_says(&later("tools", 10_000), said);
}

pub(crate) fn bytes(_: &Walk) {
    let said = "provider `hostile` lists more than 4 MiB of tools";
    refused(&swollen("description", 5 << 20), said);
    let server = later("description", 5 << 20);
    let (tools, gap) = list(&server, NEWEST);
    assert!(gap.as_deref() == Some("hostile") && tools.contains(&"add".to_owned()), "{gap:?} {tools:?}");
    server.wait_for_log(said).unwrap();
    search_says(&server, said);
}

/// Checks that the description of the server lacks the provider, and that the log says why.
fn is_not_described(server: &Server, said: &str) {
    let answer = reply(server, "a description", &Request::modern("server/discover", None)).json().unwrap();
    assert_eq!(gap(&answer).as_deref(), Some("hostile"), "{answer}");
    server.wait_for_log(said).unwrap();
}

pub(crate) fn description(_: &Walk) {
    let said = "provider `hostile` describes itself in more than 256 KiB";
    refused(&swollen("instructions", 300_000), said);
    is_not_described(&later("instructions", 300_000), said);
}

pub(crate) fn entries(_: &Walk) {
    for key in ["experimental", "extensions"] {
        let said = format!("provider `hostile` describes more than 100 entries of `{key}`");
        refused(&swollen(key, 101), &said);
        is_not_described(&later(key, 101), &said);
    }
}

/// Checks that a tool of this size is refused at the start, and later is left out of the list, where the log says why.
fn is_left_out(key: &str, size: usize, said: &str) {
    refused(&swollen(key, size), said);
    let server = later(key, size);
    let before = start(&Setup::of(&PROVIDERS));
    assert_eq!(list(&server, NEWEST), list(&before, NEWEST));
    server.wait_for_log("lists what is left out of its tools, 1 of them").unwrap();
    server.wait_for_log(said).unwrap();
}

pub(crate) fn schema(_: &Walk) {
    is_left_out("schema", 256 << 10, "a schema of the tool `large` of provider `hostile` has more than 262144 bytes");
}

pub(crate) fn headers(_: &Walk) {
    is_left_out("headers", 65, "of the tool `large` of provider `hostile`: it asks for more than 64 headers");
}

/// The name is too long for a line of the log, which has its beginning.
pub(crate) fn name(_: &Walk) {
    is_left_out("name", 1025, "provider `hostile` has a tool called `xxxx");
}

/// A provider that computes when it is described ends the start instead of keeping it.
pub(crate) fn start_time(_: &Walk) {
    refused(&Setup::of(&PROVIDERS).set("hostile", "describe", "spin"), "provider `hostile` cannot describe itself");
}
