//! Tests of the precedence of errors: requests that break one or more rules.

mod scripted;

use scripted::{Scripted, Server, complete, leg, post};
use serde_json::json;

const VERSION: (&str, &str) = ("mcp-protocol-version", "2026-07-28");
const LIST: (&str, &str) = ("mcp-method", "tools/list");
const CALL: (&str, &str) = ("mcp-method", "tools/call");
const LISTED: &[(&str, &str)] = &[VERSION, LIST];

fn server() -> Server {
    Server::of(Scripted::new(|_, _| leg(complete("done"))))
}

const LEGACY_PING: &str = r#"{"jsonrpc":"2.0","id":"q","method":"ping"}"#;
const LEGACY_CALL: &str = r#"{"jsonrpc":"2.0","id":"q","method":"tools/call","params":{"name":"say"}}"#;
const INITIALIZE: &str = r#"{"jsonrpc":"2.0","id":"q","method":"initialize"}"#;

/// A modern request of this method, whose body names this version.
fn modern(method: &str, version: &str, params: &str) -> String {
    format!(
        r#"{{"jsonrpc":"2.0","id":"q","method":"{method}","params":{{{params}"_meta":{{
        "io.modelcontextprotocol/protocolVersion":"{version}","io.modelcontextprotocol/clientCapabilities":{{}}}}}}}}"#
    )
}

/// A name, the headers and the body of a request, and the status of the answer; for an error also its code and a part of its message.
type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str, &'a str);

#[test]
fn the_first_broken_rule_decides_the_error() {
    let list = modern("tools/list", "2026-07-28", "");
    let call = modern("tools/call", "2026-07-28", r#""name":"say","#);
    let wrong_uri = modern("tools/call", "2026-07-28", r#""name":"say","uri":5,"#);
    let future = modern("tools/list", "2031-01-01", "");
    let legacy_claim = modern("tools/list", "2025-11-25", "");
    let no_capabilities = r#"{"jsonrpc":"2.0","id":"q","method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;
    let call_headers = |name| [VERSION, CALL, ("mcp-name", name)];
    let cases: &[Case<'_>] = &[
        ("a modern list", LISTED, &list, "200"),
        ("a modern call", &call_headers("say"), &call, "200"),
        ("a name in base64", &call_headers("=?base64?c2F5?="), &call, "200"),
        ("another type of body", &[("content-type", "text/plain"), VERSION, LIST], &list, "415 -32600 must be JSON"),
        (
            "a type like JSON",
            &[("content-type", "application/json-seq"), VERSION, LIST],
            &list,
            "415 -32600 must be JSON",
        ),
        ("a type with a charset", &[("content-type", "application/json; charset=utf-8"), VERSION, LIST], &list, "200"),
        ("a packed body", &[("content-encoding", "gzip"), VERSION, LIST], &list, "415 -32600 Content-Encoding"),
        ("no readable answer", &[("accept", "text/html"), VERSION, LIST], &list, "406 -32600 send `Accept:"),
        ("not JSON", LISTED, "{", "400 -32700 not JSON"),
        ("nothing", LISTED, "", "400 -32700 not JSON"),
        ("two values", LISTED, "{}{}", "400 -32700 not JSON"),
        ("not a message", LISTED, "{}", "400 -32600 `jsonrpc` must be"),
        ("an empty batch", LISTED, "[]", "400 -32600 an empty array"),
        ("a batch", &[], r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, "400 -32600 is an array"),
        ("a response", LISTED, r#"{"jsonrpc":"2.0","id":1,"result":{}}"#, "400 -32600 this is a response"),
        ("an id of null", &[], r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, "400 -32600 `id` must be"),
        (
            "a key twice",
            &[],
            r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"\u0061":2}}"#,
            "400 -32600 the key `a`",
        ),
        ("an envelope that lacks a member", LISTED, no_capabilities, "400 -32602 clientCapabilities"),
        (
            "a header without an envelope",
            LISTED,
            r#"{"jsonrpc":"2.0","id":"q","method":"tools/list"}"#,
            "400 -32602 protocolVersion",
        ),
        (
            "another version in the header",
            &[("mcp-protocol-version", "2025-11-25"), LIST],
            &list,
            "400 -32020 Version` is not `2026-07-28`",
        ),
        ("the version twice", &[VERSION, VERSION, LIST], &list, "400 -32020 Version` is there twice"),
        ("another method in the header", &[VERSION, CALL], &list, "400 -32020 `Mcp-Method` is not"),
        ("a method in another case", &[VERSION, ("mcp-method", "Tools/List")], &list, "400 -32020 `Mcp-Method` is not"),
        (
            "a version of the future",
            &[("mcp-protocol-version", "2031-01-01"), LIST],
            &future,
            "400 -32022 version `2031-01-01`",
        ),
        ("and a lie about it", LISTED, &future, "400 -32020 Version` is not `2031-01-01`"),
        ("no version header", &[LIST], &list, "400 -32020 Version: 2026-07-28` is missing"),
        ("no method header", &[VERSION], &list, "400 -32020 `Mcp-Method: tools/list` is missing"),
        ("no name header", &[VERSION, CALL], &call, "400 -32020 `Mcp-Name` is missing"),
        ("another name", &call_headers("other"), &call, "400 -32020 `Mcp-Name` is not"),
        ("a lie beside a wrong member", &call_headers("other"), &wrong_uri, "400 -32020 `Mcp-Name` is not"),
        ("no name header beside a wrong member", &[VERSION, CALL], &wrong_uri, "400 -32020 `Mcp-Name` is missing"),
        (
            "a name that is no string",
            &call_headers("1"),
            &modern("tools/call", "2026-07-28", r#""name":1,"#),
            "400 -32020 `params.name` is not a string",
        ),
        (
            "initialize that lies about its method",
            &[("mcp-method", "ping")],
            INITIALIZE,
            "400 -32020 `Mcp-Method` is not",
        ),
        ("initialize that says its method", &[("mcp-method", "initialize")], INITIALIZE, "200 -32602 params"),
        (
            "a legacy version in a modern request",
            &[("mcp-protocol-version", "2025-11-25"), LIST],
            &legacy_claim,
            "400 -32022 must name 2026-07-28; 2025-11-25 and 2025-06-18 begin with `initialize`",
        ),
        ("a legacy request that lies about its method", &[CALL], LEGACY_PING, "400 -32020 `Mcp-Method` is not"),
        (
            "a legacy call that lies about its name",
            &[("mcp-name", "other")],
            LEGACY_CALL,
            "400 -32020 `Mcp-Name` is not",
        ),
        (
            "a packed body, said twice",
            &[("content-encoding", "gzip"), ("content-encoding", "gzip"), VERSION, LIST],
            &list,
            "415 -32600 Content-Encoding",
        ),
        (
            "initialize under a version that is not served",
            &[("mcp-protocol-version", "x")],
            INITIALIZE,
            "200 -32602 params",
        ),
        ("a name that cannot be read", &call_headers("=?base64?***?="), &call, "400 -32020 `Mcp-Name` cannot be read"),
        (
            "a method that is not there",
            &[VERSION, ("mcp-method", "x/y")],
            &modern("x/y", "2026-07-28", ""),
            "404 -32601 no method `x/y`",
        ),
        (
            "a removed method",
            &[VERSION, ("mcp-method", "ping")],
            &modern("ping", "2026-07-28", ""),
            "404 -32601 no method `ping`",
        ),
        (
            "initialize as a modern request",
            &[VERSION, ("mcp-method", "initialize")],
            &modern("initialize", "2026-07-28", ""),
            "404 -32601 no method `initialize`",
        ),
        ("initialize under a modern header", &[VERSION], INITIALIZE, "200 -32602 params"),
        (
            "parameters that are none",
            &call_headers("say"),
            &modern("tools/call", "2026-07-28", r#""name":"say","arguments":[],"#),
            "200 -32602 `params.arguments`",
        ),
        (
            "a call without a name",
            &[VERSION, CALL],
            &modern("tools/call", "2026-07-28", ""),
            "200 -32602 `params.name`",
        ),
        ("a foreign cursor", LISTED, &modern("tools/list", "2026-07-28", r#""cursor":"x","#), "200 -32602 the cursor"),
        ("a legacy ping", &[("mcp-protocol-version", "2025-06-18")], LEGACY_PING, "200"),
        ("a ping without a version", &[], LEGACY_PING, "200"),
        (
            "a legacy version that is not served",
            &[("mcp-protocol-version", "1999-01-01")],
            LEGACY_PING,
            "400 -32600 : 1999-01-01`",
        ),
        (
            "a legacy method that is not there",
            &[],
            r#"{"jsonrpc":"2.0","id":"q","method":"x/y"}"#,
            "200 -32601 no method `x/y`",
        ),
    ];
    for (what, headers, body, expected) in cases {
        let reply = server().send(post(headers, body));
        let message = reply.json();
        let mut expected = expected.splitn(3, ' ');
        assert_eq!(expected.next(), Some(reply.status.to_string().as_str()), "{what}: {message}");
        assert_eq!(
            expected.next(),
            message["error"]["code"].as_i64().map(|code| code.to_string()).as_deref(),
            "{what}: {message}"
        );
        let said = message["error"]["message"].as_str().unwrap_or_default();
        assert!(said.contains(expected.next().unwrap_or_default()), "{what}: {said}");
        if body.contains(r#""id":"q""#) && !matches!(reply.status, 406 | 415) {
            assert_eq!(message["id"], "q", "{what}: an answer to a body that was read names its request");
        }
    }
}

#[test]
fn the_error_for_an_unsupported_version_lists_the_supported_ones() {
    let long = "2031-".repeat(100);
    for requested in ["2031-01-01", "2025-11-25", &long] {
        let body = modern("tools/list", requested, "");
        let reply = server().send(post(&[("mcp-protocol-version", requested), LIST], &body));
        assert_eq!(reply.json()["error"]["data"], json!({"supported": ["2026-07-28"], "requested": requested}));
    }
}

#[test]
fn initialize_answers_with_the_version_of_the_client_or_the_newest_legacy_one() {
    let cases = [
        ("2025-11-25", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2024-11-05", "2025-11-25"),
        ("2026-07-28", "2025-11-25"),
        ("2031-01-01", "2025-11-25"),
        ("", "2025-11-25"),
    ];
    // The header belongs to the requests that come after this one.
    let long = "9".repeat(5000);
    let headers: [&[(&str, &str)]; 6] = [
        &[],
        &[("mcp-protocol-version", "2025-06-18")],
        &[VERSION],
        &[("mcp-protocol-version", "1.0")],
        &[("mcp-protocol-version", "")],
        &[VERSION, ("mcp-protocol-version", &long)],
    ];
    for ((asked, reply), headers) in cases.into_iter().flat_map(|case| headers.map(|headers| (case, headers))) {
        let body = format!(
            r#"{{"jsonrpc":"2.0","id":1,"method":"initialize","params":{{"protocolVersion":"{asked}","capabilities":{{}},"clientInfo":{{"name":"c","version":"1"}}}}}}"#
        );
        let result = server().send(post(headers, &body)).json();
        assert_eq!(result["result"]["protocolVersion"], reply);
        assert_eq!(result["result"]["serverInfo"], json!({"name": "scripted", "version": "1.0.0"}));
    }
}

#[test]
fn notifications_are_accepted_without_a_body() {
    for (headers, status) in [
        (&[][..], 202),
        (&[VERSION][..], 202),
        (&[("mcp-protocol-version", "2025-11-25")][..], 202),
        (&[("mcp-protocol-version", "x")][..], 400),
        (&[("mcp-method", "notifications/initialized")][..], 202),
        (&[("mcp-method", "tools/call")][..], 400),
        (&[("mcp-method", "notifications/initialized"), ("mcp-method", "notifications/initialized")][..], 400),
    ] {
        let reply = server().send(post(headers, r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#));
        assert_eq!(reply.status, status, "{headers:?}");
        assert_eq!(reply.chunks.concat().is_empty(), status == 202, "{headers:?}");
    }
}
