//! The answers of the server when a provider fails or breaks the contract.

mod scripted;

use std::sync::Arc;

use contract::model::*;
use http::HeaderValue;
use scripted::{Scripted, Server, complete, leg, modern, tool};
use serde_json::json;

const CALL: &str = r#"{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"say"}}"#;

#[test]
fn every_error_of_the_contract_has_its_status_and_code_in_each_era() {
    let detail = || ErrorDetail { message: "bad".into(), data: Some("{\"at\":1}".into()) };
    let capabilities = || ClientCapabilities {
        features: ClientFeatures::SAMPLING,
        extensions: vec![],
        experimental: vec![],
        extra: None,
    };
    let other = |code| McpError::Other(ErrorCode { code, message: "own".into(), data: None });
    // The error, and the status and code for modern and for legacy clients.
    let cases = [
        (McpError::NotOffered, (404, -32601), (200, -32601)),
        (McpError::UnknownName("x".into()), (200, -32602), (200, -32602)),
        (McpError::ResourceNotFound("a:b".into()), (200, -32602), (200, -32002)),
        (McpError::InvalidCursor, (200, -32602), (200, -32602)),
        (McpError::InvalidParams(detail()), (200, -32602), (200, -32602)),
        (McpError::InvalidSaved, (200, -32602), (200, -32602)),
        (McpError::MissingCapabilities(capabilities()), (400, -32021), (200, -32603)),
        (McpError::InsufficientScope(vec!["a".into(), "b".into()]), (403, -32600), (403, -32600)),
        (McpError::Forbidden("no".into()), (403, -32600), (403, -32600)),
        (McpError::DeadlineExceeded, (200, -32603), (200, -32603)),
        (McpError::Unavailable(Some(1500)), (200, -32603), (200, -32603)),
        (McpError::Internal("why".into()), (200, -32603), (200, -32603)),
        (other(7), (200, 7), (200, 7)),
        (other(-32700), (200, -32603), (200, -32603)),
    ];
    for (error, modern, legacy) in cases {
        let scripted = || {
            let error = error.clone();
            Server::of(Scripted::new(move |_, _| Err(error.clone())))
        };
        for (era, reply, expected) in
            [("modern", scripted().call("say", "{}", ""), modern), ("legacy", scripted().legacy(CALL), legacy)]
        {
            let code = reply.json()["error"]["code"].clone();
            assert_eq!((reply.status, code), (expected.0, json!(expected.1)), "{error:?} {era}");
        }
    }
}

#[test]
fn errors_have_the_data_that_a_client_needs_to_continue() {
    let reply_to = |error: McpError| Server::of(Scripted::new(move |_, _| Err(error.clone()))).call("say", "{}", "");
    let capabilities = ClientCapabilities {
        features: ClientFeatures::SAMPLING,
        extensions: vec![],
        experimental: vec![],
        extra: None,
    };
    let missing = reply_to(McpError::MissingCapabilities(capabilities)).json();
    assert_eq!(missing["error"]["data"], json!({"requiredCapabilities": {"sampling": {}}}));
    let scope = reply_to(McpError::InsufficientScope(vec!["a".into(), "b".into()]));
    assert_eq!(
        scope.headers["www-authenticate"],
        r#"Bearer error="insufficient_scope", scope="a b", error_description="the token lacks scopes: this needs a b""#
    );
    let forged = reply_to(McpError::InsufficientScope(vec!["a\", realm=\"x".into(), "b".into()]));
    assert_eq!(
        forged.headers["www-authenticate"],
        r#"Bearer error="insufficient_scope", scope="b", error_description="the token lacks scopes: this needs b""#
    );
    let later = reply_to(McpError::Unavailable(Some(1500)));
    assert_eq!(later.headers["retry-after"], "2");
    assert_eq!(later.json()["error"]["data"], json!({"retryAfterMs": 1500}));
    let some_time = reply_to(McpError::Unavailable(None));
    assert!(!some_time.headers.contains_key("retry-after"));
    assert_eq!(some_time.json()["error"].get("data"), None);
    let breach =
        reply_to(McpError::InvalidParams(ErrorDetail { message: "bad".into(), data: Some("not json".into()) })).json();
    assert_eq!(breach["error"], json!({"code": -32602, "message": "bad"}));
}

#[test]
fn an_answer_that_breaks_the_contract_is_an_internal_error_that_says_where() {
    let output = |structured: &str, extra: Option<&str>| ToolOutput {
        content: vec![],
        structured_content: Some(structured.into()),
        is_error: false,
        extra: extra.map(Into::into),
    };
    for (output, place) in [(output("{", None), "structuredContent"), (output("1", Some("[]")), "extra")] {
        let outcome = ToolOutcome::Complete(output);
        let reply = Server::of(Scripted::new(move |_, _| leg(outcome.clone()))).call("say", "{}", "");
        let error = &reply.json()["error"];
        assert_eq!(error["code"], -32603);
        assert!(error["message"].as_str().expect("message").contains(place), "{error}");
    }
}

#[test]
fn a_capability_is_declared_and_has_methods_exactly_when_the_provider_offers_it() {
    let server = Server::of(Scripted::new(|_, _| leg(complete("done"))));
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#;
    assert_eq!(server.legacy(initialize).json()["result"]["capabilities"], json!({"tools": {}}));
    for method in ["prompts/list", "resources/list", "logging/setLevel", "completion/complete", "server/discover"] {
        let reply = server.legacy(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}"}}"#));
        assert_eq!((reply.status, &reply.json()["error"]["code"]), (200, &json!(-32601)), "{method}");
    }
    let everything = Server::of(Scripted::everything());
    let declared = json!({"tools": {}, "resources": {}, "prompts": {}, "completions": {}});
    assert_eq!(everything.legacy(initialize).json()["result"]["capabilities"], declared);
    let declared = json!({"tools": {}, "resources": {}, "prompts": {}, "completions": {}, "logging": {}});
    let discovered = everything.request("2026-07-28", "server/discover", "");
    assert_eq!(discovered.json()["result"]["capabilities"], declared);
}

#[test]
fn a_method_that_needs_a_store_or_a_subscription_is_refused_with_the_missing_part_of_the_server() {
    for (version, method, status, lacks) in [
        ("2025-11-25", "logging/setLevel", 200, "stores nothing"),
        ("2025-11-25", "resources/subscribe", 200, "cannot report changes"),
        ("2025-06-18", "resources/unsubscribe", 200, "cannot report changes"),
        ("2026-07-28", "subscriptions/listen", 404, "cannot report changes"),
        ("2026-07-28", "logging/setLevel", 404, "has no method `logging/setLevel`"),
    ] {
        let reply = Server::of(Scripted::everything()).request(version, method, "");
        assert_eq!((reply.status, reply.code()), (status, Some(-32601)), "{method}");
        assert!(reply.json()["error"]["message"].as_str().expect("text").contains(lacks), "{method}");
    }
}

#[test]
fn a_provider_without_tools_makes_a_server_without_tools() {
    let mut provider = Scripted::new(|_, _| leg(complete("done")));
    provider.info.offers = Offers::empty();
    let server = Server::of(provider);
    assert_eq!(server.call("say", "{}", "").status, 404);
    assert_eq!(server.legacy(CALL).json()["error"]["code"], -32601);
}

#[test]
fn a_static_catalogue_is_read_once_and_another_every_time() {
    for (is_static, expected) in [(true, 1), (false, 3)] {
        let mut provider = Scripted::new(|_, _| leg(complete("done")));
        provider.info.catalogue_static = is_static;
        let calls = Arc::clone(&provider.calls);
        let server = Server::of(provider);
        for _ in 0..3 {
            assert_eq!(server.call("say", "{}", "").status, 200);
            assert_eq!(server.legacy(CALL).status, 200, "which asks for nothing before the call");
        }
        let describes = calls.lock().expect("lock").iter().filter(|call| **call == "describe").count();
        assert_eq!(describes, expected);
    }
}

#[test]
fn headers_that_repeat_arguments_are_required() {
    let mut provider = Scripted::new(|_, _| leg(complete("done")));
    let schema = r#"{"type":"object","properties":{"region":{"type":"string","x-mcp-header":"Region"}}}"#;
    provider.tools = vec![tool("say", schema)];
    let server = Server::of(provider);
    assert_eq!(server.call("say", "{}", "").status, 200);
    type Headers = &'static [(&'static str, &'static [u8])];
    let cases: [(Headers, u16, &str); 6] = [
        (&[("mcp-param-region", b"eu")], 200, ""),
        (&[], 400, "`Mcp-Param-Region` is missing"),
        (&[("mcp-param-region", b"us")], 400, "`Mcp-Param-Region` is not what"),
        (
            &[("mcp-param-region", b"eu"), ("mcp-param-region", b"eu")],
            400,
            "`Mcp-Param-Region` is there more than once",
        ),
        (&[("mcp-param-region", b"\xfcber")], 400, "`Mcp-Param-Region` has bytes that are not printable ASCII"),
        // The tool does not ask for the other header.
        (&[("mcp-param-region", b"eu"), ("mcp-param-x", b"1"), ("mcp-param-x", b"\xfc")], 200, ""),
    ];
    for (headers, status, said) in cases {
        let mut request = modern("tools/call", r#""name":"say","arguments":{"region":"eu"}"#, "");
        for (name, value) in headers {
            request.headers_mut().append(*name, HeaderValue::from_bytes(value).expect("value"));
        }
        let reply = server.send(request);
        assert_eq!((reply.status, reply.code()), (status, (status == 400).then_some(-32020)), "{headers:?}");
        assert!(reply.chunks.concat().contains(said), "{headers:?}: {:?}", reply.chunks);
    }
}
