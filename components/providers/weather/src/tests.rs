//! Tests of the exports that need no service of the host, called as a host calls them.

use super::*;
use bindings::wasmcp::mcp::model::ClientCapabilities;
use bindings::wasmcp::mcp::model::ClientFeatures;
use provider::Guest as _;
use tools::Guest as _;

fn context() -> Context {
    Context {
        call_id: "1".to_owned(),
        attempt: 1,
        protocol_version: "2026-07-28".to_owned(),
        client: None,
        capabilities: ClientCapabilities {
            features: ClientFeatures::empty(),
            extensions: Vec::new(),
            experimental: Vec::new(),
            extra: None,
        },
        principal: None,
        trace: None,
        log_level: None,
        progress_wanted: false,
        remaining_ms: 30_000,
        meta: None,
        extra: None,
    }
}

fn call(name: &str, arguments: &str) -> ToolOutput {
    let call = ToolCall { name: name.to_owned(), arguments: arguments.to_owned(), resumed: None, extra: None };
    match Weather::call_tool(context(), call).unwrap().outcome {
        ToolOutcome::Complete(output) => output,
        other => panic!("{other:?}"),
    }
}

fn only_text(output: &ToolOutput) -> &str {
    match output.content.as_slice() {
        [ContentBlock::Text(block)] => &block.text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_echo_is_text_alone() {
    let output = call("echo", r#"{"message":"hello"}"#);
    assert_eq!(only_text(&output), "hello");
    assert!(!output.is_error && output.structured_content.is_none());
}

#[test]
fn wrong_arguments_are_an_error_of_the_tool_before_a_service_is_asked() {
    for (name, arguments, message) in [
        ("echo", r#"{"massage":"x"}"#, "`message` is missing: it must be a string"),
        ("get_weather", "{}", "`location` is missing: it must be a string"),
        ("get_weather", r#"{"location":"x","days":3}"#, "`days` is not an argument of this tool"),
        ("multi_weather", r#"{"cities":[]}"#, "`cities` must have 1 to 5 items, not 0"),
    ] {
        let output = call(name, arguments);
        assert!(output.is_error && output.structured_content.is_none(), "{arguments}");
        assert_eq!(only_text(&output), message);
    }
}

#[test]
fn a_name_or_cursor_that_was_never_given_is_refused() {
    let call = ToolCall { name: "forecast".to_owned(), arguments: "{}".to_owned(), resumed: None, extra: None };
    assert!(matches!(Weather::call_tool(context(), call), Err(McpError::UnknownName(name)) if name == "forecast"));
    assert!(matches!(Weather::list_tools(context(), Some(String::new())), Err(McpError::InvalidCursor)));
}

#[test]
fn the_catalogue_is_static_and_every_schema_is_json() {
    assert!(Weather::describe(context()).unwrap().catalogue_static);
    let page = Weather::list_tools(context(), None).unwrap();
    assert_eq!(
        page.tools.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
        ["echo", "get_weather", "multi_weather"]
    );
    for tool in page.tools {
        for schema in [Some(tool.input_schema), tool.output_schema].into_iter().flatten() {
            let schema: serde_json::Value = serde_json::from_str(&schema).unwrap();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        }
    }
}
