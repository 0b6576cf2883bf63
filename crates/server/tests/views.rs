//! Tests of views: an endpoint has what its view selects, in lists as in calls, and nothing else can be told from what does not exist.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::sync::Arc;

use catalog::Catalog;
use contract::model::ToolAnnotations;
use scripted::{HideSecrets, METHODS, Reply, Scripted, Server, VERSIONS, built, config, modern, ports, post};
use serde_json::{Value, json};
use server::{Authorizer, Engine};

const VIEWS: &str = "named=tool:sho* resource:test:/shown* prompt:shown; none=tool:other; one=provider:one; \
    other=provider:two; safe=annotation:readOnlyHint; search=search_tools provider:one; narrow=search_tools tool:shown";

fn provider() -> Scripted {
    let mut provider = Scripted::everything();
    let only_reads = ToolAnnotations {
        title: None,
        read_only_hint: Some(true),
        destructive_hint: None,
        idempotent_hint: None,
        open_world_hint: None,
        extra: None,
    };
    provider.tools[0].annotations = Some(only_reads);
    provider.tools[0].description = Some("Shows what the library has of a title.".to_owned());
    provider
}

fn server(catalog: Catalog<Scripted>, authorizer: impl Authorizer) -> Server {
    let engine = Engine::new(catalog, config(&[("views", VIEWS)]), ports()).with_authorizer(authorizer);
    Server(Arc::new(engine))
}

fn open(catalog: Catalog<Scripted>) -> Server {
    server(catalog, server::AllowAll)
}

/// Sends a request to a view.
fn ask(server: &Server, view: &str, version: &str, method: &str, params: &str) -> Reply {
    let mut request = match version {
        "2026-07-28" => modern(method, params, ""),
        _ => post(
            &[("mcp-protocol-version", version)],
            &format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}}}}}"#),
        ),
    };
    *request.uri_mut() = format!("/mcp/{view}").parse().expect("a path");
    server.send(request)
}

fn names(reply: &Reply, list: &str, member: &str) -> Vec<String> {
    let json = reply.json();
    let items = json["result"][list].as_array().unwrap_or_else(|| panic!("{json}"));
    items.iter().map(|item| item[member].as_str().expect("a name").to_owned()).collect()
}

#[test]
fn a_view_lists_what_it_lets_call_and_the_rest_does_not_exist() {
    // A view, and which tools, resources, templates and prompts of the two it has.
    let all = ["shown", "secret"];
    for (view, tools, others) in [
        ("named", &all[..1], &all[..1]),
        ("none", &[], &[]),
        ("one", &all, &all),
        ("other", &[], &[]),
        ("safe", &all[..1], &[]),
    ] {
        for changes in [false, true] {
            for version in VERSIONS {
                let mut provider = provider();
                provider.info.catalogue_static = !changes;
                let server = open(built(provider));
                let what = format!("{view}, {version}, changing: {changes}");
                for (method, list, member, prefix, suffix, expected) in [
                    ("tools/list", "tools", "name", "", "", tools),
                    ("resources/list", "resources", "uri", "test:/", "", others),
                    ("resources/templates/list", "resourceTemplates", "uriTemplate", "test:/", "/{a}", others),
                    ("prompts/list", "prompts", "name", "", "", others),
                ] {
                    let listed = names(&ask(&server, view, version, method, ""), list, member);
                    let expected: Vec<_> = expected.iter().map(|name| format!("{prefix}{name}{suffix}")).collect();
                    assert_eq!(listed, expected, "{what}: {method}");
                }
                for (method, params) in METHODS.iter().filter(|(_, params)| params.contains("NAME")) {
                    let expected = if *method == "tools/call" { tools } else { others };
                    for name in all {
                        let reply = ask(&server, view, version, method, &params.replace("NAME", name));
                        let has = reply.json().get("result").is_some();
                        assert_eq!(has, expected.contains(&name), "{what}: {method} {name}: {}", reply.json());
                        if !has {
                            let absent = ask(&server, view, version, method, &params.replace("NAME", "absent"));
                            let answer = |reply: &Reply, name: &str| {
                                let body = reply.chunks.concat().replace(name, "NAME");
                                (reply.status, format!("{:?}", reply.headers), body)
                            };
                            assert_eq!(answer(&reply, name), answer(&absent, "absent"), "{what}: {method}");
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn a_view_that_is_not_configured_is_no_path() {
    let server = open(built(provider()));
    for path in ["absent", "named/x", "NAMED", "named%2F"] {
        assert_eq!(ask(&server, path, "2026-07-28", "tools/list", "").status, 404, "{path}");
    }
    assert_eq!(ask(&server, "named/", "2026-07-28", "tools/list", "").status, 200);
    assert_eq!(server.request("2026-07-28", "tools/list", "").status, 200, "the whole server is there too");
}

#[test]
fn what_an_authorizer_hides_in_a_view_answers_as_what_does_not_exist() {
    let calls = [
        ("one", r#""name":"NAME","arguments":{}"#),
        ("search", r#""name":"call_tool","arguments":{"name":"NAME"}"#),
        ("search", r#""name":"call_tool","arguments":{"name":"NAME","arguments":{"a":1}}"#),
        ("search", r#""name":"search_tools","arguments":{"query":"NAME"}"#),
    ];
    for (view, params) in calls {
        for (version, changes) in VERSIONS.into_iter().flat_map(|version| [(version, false), (version, true)]) {
            let answer = |name: &str| {
                let mut provider = provider();
                provider.info.catalogue_static = !changes;
                let server = server(built(provider), HideSecrets::default());
                let reply = ask(&server, view, version, "tools/call", &params.replace("NAME", name));
                (reply.status, format!("{:?}", reply.headers), reply.chunks.concat().replace(name, "NAME"))
            };
            let hidden = answer("secret");
            assert_eq!(hidden, answer("absent"), "{view} {params} {version}, changing: {changes}");
            let is_unknown = hidden.2.contains("unknown tool: `NAME`");
            assert_eq!(is_unknown, !params.contains("search_tools"), "{view} {params} {version}: {}", hidden.2);
            let shown = answer("shown");
            assert_ne!(hidden.2, shown.2, "{view} {params} {version}: what is there answers otherwise");
        }
    }
}

fn search(server: &Server, view: &str, version: &str, arguments: &Value) -> Value {
    let reply = ask(server, view, version, "tools/call", &format!(r#""name":"search_tools","arguments":{arguments}"#));
    reply.json()
}

#[test]
fn tools_are_found_by_words_and_called_by_name() {
    for version in VERSIONS {
        let server = open(built(provider()));
        let listed = names(&ask(&server, "search", version, "tools/list", ""), "tools", "name");
        assert_eq!(listed, ["search_tools", "call_tool"], "{version}");

        for (view, query, found) in [
            ("search", "library titles", &["shown"][..]),
            ("search", "SECRET", &["secret"]),
            ("search", "s", &["shown", "secret"]),
            ("search", "nothing of this", &["shown"]),
            ("search", "-", &[]),
            ("narrow", "secret", &[]),
        ] {
            let answer = search(&server, view, version, &json!({ "query": query }));
            let text = answer["result"]["content"][0]["text"].as_str().unwrap_or_else(|| panic!("{answer}"));
            let tools: Value = serde_json::from_str(text).expect("JSON");
            let names: Vec<_> = tools["tools"].as_array().expect("tools").iter().map(|tool| &tool["name"]).collect();
            assert_eq!(names, found, "{version} {view} {query}");
            assert_eq!(answer["result"]["structuredContent"], tools, "{version}");
        }
        let limited = search(&server, "search", version, &json!({ "query": "s", "limit": 1 }));
        assert_eq!(limited["result"]["structuredContent"]["tools"].as_array().map(Vec::len), Some(1), "{version}");

        let call = |view, name: &str, arguments: &str| {
            let params = format!(r#""name":"{name}","arguments":{arguments}"#);
            ask(&server, view, version, "tools/call", &params).json()
        };
        let found = call("search", "call_tool", r#"{"name":"shown","arguments":{"region":"eu"}}"#);
        assert_eq!(found["result"]["content"][0]["text"], "done", "{version}: {found}");
        for (view, name, arguments) in [
            ("search", "shown", "{}"),
            ("search", "call_tool", r#"{"name":"absent"}"#),
            ("search", "call_tool", r#"{"name":"call_tool"}"#),
            ("narrow", "call_tool", r#"{"name":"secret"}"#),
            ("search", "call_tool", r#"{"arguments":{}}"#),
            ("search", "call_tool", r#"{"name":"shown","arguments":[]}"#),
            ("search", "call_tool", r#"{"name":"shown","more":1}"#),
            ("search", "search_tools", r#"{"query":1}"#),
            ("one", "search_tools", r#"{"query":"shown"}"#),
            ("one", "call_tool", r#"{"name":"shown"}"#),
        ] {
            let answer = call(view, name, arguments);
            assert_eq!(answer["error"]["code"], -32602, "{version} {view} {name} {arguments}: {answer}");
        }
    }
}
