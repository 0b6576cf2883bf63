//! The scenario `sep-2350-server-scope-challenge` of the conformance suite, which no release of the suite has yet: two opaque tokens, of which one has
//! too few scopes for anything. The items are those of the provider `everything`; the scopes have the form of the suite's.

use serde_json::{Value, json};
use wasmcp_tests::{Request, Server, Shell, StandIn, free_address};

use crate::{challenge, challenged_scopes, protected, resource};

const LOW: &str = "mcp-conformance-scope-low";
const FULL: &str = "mcp-conformance-scope-full";

/// The kind of an item, the request for it, and the scopes that it needs.
fn operations() -> [(&'static str, &'static str, Value, [&'static str; 2]); 4] {
    let read = "mcp:conformance:resources:read";
    [
        (
            "tool",
            "tools/call",
            json!({ "name": "show", "arguments": {} }),
            ["mcp:conformance:tools:call", "mcp:conformance:tools:show"],
        ),
        (
            "static resource",
            "resources/read",
            json!({ "uri": "test:///text" }),
            [read, "mcp:conformance:resources:static"],
        ),
        (
            "template resource",
            "resources/read",
            json!({ "uri": "test:///greetings/Ada" }),
            [read, "mcp:conformance:resources:template:Ada"],
        ),
        (
            "prompt",
            "prompts/get",
            json!({ "name": "greet", "arguments": { "name": "Ada" } }),
            ["mcp:conformance:prompts:get", "mcp:conformance:prompts:greet"],
        ),
    ]
}

const RULES: &str = "tool:*=mcp:conformance:tools:call; tool:show=mcp:conformance:tools:show; \
    resource:*=mcp:conformance:resources:read; resource:test:///text=mcp:conformance:resources:static; \
    resource:test:///greetings/Ada=mcp:conformance:resources:template:Ada; \
    prompt:*=mcp:conformance:prompts:get; prompt:greet=mcp:conformance:prompts:greet";

#[test]
fn sep_2350_server_scope_challenge() {
    let addr = free_address().unwrap();
    let full: Vec<_> = operations().into_iter().flat_map(|(_, _, _, scopes)| scopes).collect();
    let answer = |scopes: &[&str]| json!({ "active": true, "sub": "conformance-user", "client_id": "suite", "aud": resource(addr), "scope": scopes.join(" ") });
    let tokens = json!({ LOW: answer(&["mcp:conformance:baseline"]), FULL: answer(&full) });
    let issuer = StandIn::start(&json!({ "client": "this-server:its-secret", "tokens": tokens })).unwrap();
    let setup = protected(&["everything"], addr, &issuer.origin())
        .set("auth", "introspection-endpoint", &format!("{}/introspect", issuer.origin()))
        .set("auth", "introspection-client-id", "this-server")
        .set("auth", "introspection-client-secret", "its-secret")
        .set("auth", "introspection-cache-s", "3600")
        .set("auth", "scope-rules", RULES);
    let server = Server::start(Shell::Native, &setup).unwrap();
    // Until it was ready, the server has asked about a token of its own.
    let at_start = issuer.requests("/introspect").unwrap();

    for (item, method, params, scopes) in operations() {
        let request = Request::of("2026-07-28", method, params);
        let refused = server.send(&request.clone().bearer(LOW)).unwrap();
        // server-scope-challenge-http-403
        assert_eq!(refused.status, 403, "{item}: {}\n{}", refused.text(), server.log());
        // server-scope-challenge-www-authenticate
        assert_eq!(challenge(&refused, "error"), Some("insufficient_scope"), "{item}: {refused:?}");
        let metadata = format!("http://{addr}/.well-known/oauth-protected-resource/mcp");
        assert_eq!(challenge(&refused, "resource_metadata"), Some(metadata.as_str()), "{item}: {refused:?}");
        // sep-2350-server-single-challenge
        assert_eq!(challenged_scopes(&refused), scopes, "{item}: {refused:?}");
        // server-scope-challenge-upgraded-retry
        let answered = server.send(&request.bearer(FULL)).unwrap();
        assert_eq!(answered.status, 200, "{item}: {}", answered.text());
        assert!(answered.json().unwrap().get("result").is_some(), "{item}: {}", answered.text());
    }
    // Each token was asked about once, although four operations have used it.
    assert_eq!(issuer.requests("/introspect").unwrap() - at_start, 2);
}
