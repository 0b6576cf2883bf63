//! Views on every shell: each endpoint has its part of the server, and the words of docs/serving.md hold.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use serde_json::{Value, json};
use wasmcp_tests::{Request, Server, Setup, Shell, VERSIONS};

const VIEWS: &str = "forecast=provider:weather; sums=tool:add tool:sub*; all=search_tools provider:*";

/// Sends a request of this version to a view.
fn ask(server: &Server, view: &str, version: &str, method: &str, params: Value) -> Value {
    let mut request = Request::of(version, method, params);
    request.line = request.line.replace("/mcp", &format!("/mcp/{view}"));
    server.send(&request).unwrap().json().unwrap()
}

fn tools(server: &Server, view: &str, version: &str) -> Vec<String> {
    let answer = ask(server, view, version, "tools/list", json!({}));
    let tools = answer.pointer("/result/tools").and_then(Value::as_array).unwrap_or_else(|| panic!("{answer}"));
    tools.iter().filter_map(|tool| tool.get("name")?.as_str()).map(str::to_owned).collect()
}

#[test]
fn a_view_has_its_part_of_the_server_on_every_shell() {
    for shell in Shell::ALL {
        let setup = Setup::of(&["calculator", "weather"]).set("transport", "views", VIEWS);
        let server = Server::start(shell, &setup).unwrap();
        for version in VERSIONS {
            let what = format!("{shell}, {version}");
            assert_eq!(tools(&server, "forecast", version), ["echo", "get_weather", "multi_weather"], "{what}");
            assert_eq!(tools(&server, "sums", version), ["add", "subtract"], "{what}");
            assert_eq!(tools(&server, "all", version), ["search_tools", "call_tool"], "{what}");

            let call = |view, name, arguments: Value| {
                ask(&server, view, version, "tools/call", json!({ "name": name, "arguments": arguments }))
            };
            let sum = call("sums", "add", json!({ "a": 2, "b": 3 }));
            let result = sum.pointer("/result/structuredContent/result").and_then(Value::as_f64);
            assert_eq!(result, Some(5.0), "{what}: {sum}");
            let hidden = call("forecast", "add", json!({ "a": 2, "b": 3 }));
            assert_eq!(hidden.pointer("/error/message"), Some(&json!("unknown tool: `add`")), "{what}");

            let found = call("all", "search_tools", json!({ "query": "multiply two numbers" }));
            let first = found.pointer("/result/structuredContent/tools/0/name");
            assert_eq!(first, Some(&json!("multiply")), "{what}: {found}");
            let product = call("all", "call_tool", json!({ "name": "multiply", "arguments": { "a": 2, "b": 3 } }));
            let result = product.pointer("/result/structuredContent/result").and_then(Value::as_f64);
            assert_eq!(result, Some(6.0), "{what}: {product}");
        }
        let mut absent = Request::of("2026-07-28", "tools/list", json!({}));
        absent.line = absent.line.replace("/mcp", "/mcp/absent");
        assert_eq!(server.send(&absent).unwrap().status, 404, "{shell}");
    }
}
