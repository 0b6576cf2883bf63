//! Lists and descriptions that do not come: a provider whose catalogue can change hangs, computes or traps once the server has started. Its
//! part is missing, and its neighbour is served.

use std::thread;

use serde_json::json;
use wasmcp_tests::{Request, Server, Setup, Shell};

use super::catalogue::{gap, list};
use super::{PROVIDERS, Walk, beside, reply, says, start, until};

/// What a provider does instead of answering, and why its part is missing. One that only waits says in the log that it was asked.
const AILMENTS: [(&str, &str); 3] =
    [("wait", "did not answer in time"), ("spin", "did not answer in time"), ("trap", "provider `hostile` trapped: ")];
const ASKED: &str = "hostile: waits\n";

/// A hostile provider that does this in a function once the server has started. A call may take an hour: what is not there sooner is given up
/// because others wait for it.
fn ill(providers: &[&str], function: &str, ailment: &str) -> Setup {
    Setup::of(providers)
        .set("hostile", "static", "false")
        .set("hostile", function, ailment)
        .set("transport", "call-timeout-ms", "3600000")
        .flags(&["--limit-time", "3600s"])
}

/// All of them are ill at the same time, each on a server of its own, since one that hangs or computes is waited for.
pub(crate) fn lists_and_descriptions(_: &Walk) {
    thread::scope(|scope| {
        for (ailment, said) in AILMENTS {
            scope.spawn(move || is_not_listed(&start(&ill(&PROVIDERS, "list-tools", ailment)), said));
            scope.spawn(move || is_not_described(&start(&ill(&PROVIDERS, "describe", ailment)), said));
        }
    });
}

/// Checks that the provider is missing in lists of both eras, and that what might be its tool is not said to be unknown.
fn is_not_listed(server: &Server, said: &str) {
    thread::scope(|scope| {
        for version in ["2025-11-25", "2026-07-28"] {
            scope.spawn(move || {
                let (tools, gap) = list(server, version);
                assert_eq!(gap.as_deref(), Some("hostile"), "{version}, {said}: {tools:?}");
                assert!(tools.contains(&"add".to_owned()), "{version}, {said}: {tools:?}");
            });
        }
        let searched = reply(server, "a search", &Request::call("nothing", "{}")).json().unwrap();
        says(&searched, said);
    });
    server.wait_for_log(said).unwrap();
}

/// Checks that the provider is missing in the description of the server, in that of both eras. Where it was waited for, a later description does
/// without it at once: it is not asked.
fn is_not_described(server: &Server, said: &str) {
    let is_missing = || {
        let answer = reply(server, said, &Request::modern("server/discover", None)).json().unwrap();
        assert_eq!(gap(&answer).as_deref(), Some("hostile"), "{said}: {answer}");
    };
    thread::scope(|scope| {
        scope.spawn(is_missing);
        let client = json!({ "name": "c", "version": "1" });
        let params = json!({ "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client });
        let answer = beside(server, said, || server.send(&Request::of("2025-11-25", "initialize", params)).unwrap());
        let answer = answer.json().unwrap();
        assert!(answer.pointer("/result/capabilities/tools").is_some(), "{said}: {answer}");
    });
    let log = server.wait_for_log("hostile: is missing: ").unwrap();
    assert!(log.contains(said), "{said}: {log}");
    if log.contains(ASKED) {
        let asked = || server.log().matches(ASKED).count();
        until("a description that did not come is asked for each time", || {
            let before = asked();
            is_missing();
            asked() == before
        });
    }
}

/// The only provider does not describe itself. A neighbour that does makes the server ready, and answers.
pub(crate) fn readiness(_: &Walk) {
    let alone = Server::listening(Shell::Native, &ill(&["hostile"], "describe", "wait")).unwrap();
    let reply = alone.send(&Request::new("GET", "/readyz")).unwrap();
    assert_eq!(reply.status, 503, "{}", reply.text());

    let server = start(&ill(&["hostile", "library"], "describe", "wait"));
    let greeting = Request::of("2025-11-25", "prompts/get", json!({ "name": "greet" }));
    let answer = server.send(&greeting).unwrap().json().unwrap();
    let text = answer.pointer("/result/messages/0/content/text").and_then(|text| text.as_str());
    assert_eq!(text, Some("library: greet"), "{answer}");
    assert_eq!(server.send(&Request::new("GET", "/readyz")).unwrap().status, 200);
}
