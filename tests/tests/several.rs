//! Lists page by page, of one provider and of several; and which of several providers a URI reaches.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use serde_json::{Value, json};
use wasmcp_tests::{CONVERSATIONS, Request, Server, Setup, Shell, VERSIONS};

/// A method, the member of its result, the member by which its items are named, and all names in their order.
type List = (&'static str, &'static str, &'static str, &'static [&'static str]);

const OF_EVERYTHING: [List; 4] = [
    ("tools/list", "tools", "name", &["show", "count", "forever", "ask", "refuse"]),
    ("prompts/list", "prompts", "name", &["greet", "show", "count", "forever", "ask", "refuse", "echo", "numbers"]),
    (
        "resources/list",
        "resources",
        "uri",
        &[
            "test:///text",
            "test:///binary",
            "test:///several",
            "test:///count",
            "test:///forever",
            "test:///ask",
            "test:///echo",
        ],
    ),
    (
        "resources/templates/list",
        "resourceTemplates",
        "uriTemplate",
        &["test:///greetings/{name}", "test:///files{/path*}{?lang}", "test:///errors/{kind}"],
    ),
];

/// The items that `library` and `calculator` add to each of these lists.
const OF_THE_OTHERS: [&[&str]; 4] = [
    &["add", "subtract", "multiply", "divide"],
    &["library.greet"],
    &["test:///greetings/Ada"],
    &["test:///greetings/{+path}", "test:///{name}", "library:///{shelf}/{book}"],
];

#[test]
fn a_list_of_several_pages_has_every_item_once_and_in_order() {
    for served in CONVERSATIONS.iter().filter(|served| served.providers.contains(&"everything")) {
        for shell in Shell::ALL {
            let server = Server::start(shell, &served.setup()).unwrap();
            for version in VERSIONS {
                for ((method, items, name, names), others) in OF_EVERYTHING.into_iter().zip(OF_THE_OTHERS) {
                    let what = format!("{method} of {:?} on {shell} in {version}", served.providers);
                    let pages = server.pages(version, method).unwrap();
                    let listed = pages.iter().flat_map(|page| page[items].as_array().unwrap());
                    let listed: Vec<&str> = listed.map(|item| item[name].as_str().unwrap()).collect();
                    let others = if served.providers.len() > 1 { others } else { &[] };
                    assert_eq!(listed, [names, others].concat(), "{what}");
                    // 2026-07-28, caching: the same scope on all pages of one list.
                    let scopes: Vec<&Value> = pages.iter().map(|page| &page["cacheScope"]).collect();
                    assert!(scopes.iter().all(|scope| *scope == scopes[0]), "{what}: {scopes:?}");
                    if served.providers.len() == 1 {
                        assert!(pages.len() > 1, "{what}: {} page", pages.len());
                    }
                }
            }
        }
    }
}

#[test]
fn of_two_templates_that_match_that_of_the_provider_given_first_counts() {
    let cases =
        [(["everything", "library"], "Hello, Alan!"), (["library", "everything"], "library: test:///greetings/Alan")];
    for (providers, text) in cases {
        for shell in Shell::ALL {
            let setup = Setup::of(&providers).prefix("library", "library.");
            let server = Server::start(shell, &setup).unwrap();
            for version in VERSIONS {
                let read = Request::of(version, "resources/read", json!({ "uri": "test:///greetings/Alan" }));
                let answer = server.send(&read).unwrap().json().unwrap();
                assert_eq!(
                    answer.pointer("/result/contents/0/text"),
                    Some(&json!(text)),
                    "{shell}, {version}: {answer}"
                );
            }
        }
    }
}
