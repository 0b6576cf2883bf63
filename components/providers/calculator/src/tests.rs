//! The exports, called as a host calls them.

use super::*;
use bindings::exports::wasmcp::mcp::model::ClientCapabilities;
use bindings::exports::wasmcp::mcp::model::ClientFeatures;
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
    match Calculator::call_tool(context(), call).unwrap().outcome {
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
fn a_result_is_structured_and_repeated_as_text() {
    for (name, result) in [("add", "8"), ("subtract", "4"), ("multiply", "12"), ("divide", "3")] {
        let output = call(name, r#"{"a":6,"b":2}"#);
        let json = format!(r#"{{"result":{result}}}"#);
        assert_eq!(output.structured_content.as_deref(), Some(json.as_str()), "{name}");
        assert_eq!(only_text(&output), json);
        assert!(!output.is_error);
    }
}

#[test]
fn what_has_no_result_is_an_error_of_the_tool() {
    for (name, arguments, message) in [
        ("divide", r#"{"a":1,"b":0}"#, "cannot divide by zero: `b` must not be 0"),
        ("multiply", r#"{"a":1e200,"b":1e200}"#, "the result is too large: numbers reach to about 1.8e308"),
        ("add", r#"{"a":1}"#, "`b` is missing: it must be a number"),
    ] {
        let output = call(name, arguments);
        assert!(output.is_error && output.structured_content.is_none(), "{arguments}");
        assert_eq!(only_text(&output), message);
    }
}

#[test]
fn a_name_or_cursor_that_was_never_given_is_refused() {
    let call = ToolCall { name: "modulo".to_owned(), arguments: "{}".to_owned(), resumed: None, extra: None };
    assert!(matches!(Calculator::call_tool(context(), call), Err(McpError::UnknownName(name)) if name == "modulo"));
    assert!(matches!(Calculator::list_tools(context(), Some(String::new())), Err(McpError::InvalidCursor)));
}

#[test]
fn the_catalogue_is_static_and_every_listed_tool_can_be_called() {
    assert!(Calculator::describe(context()).unwrap().catalogue_static);
    let page = Calculator::list_tools(context(), None).unwrap();
    assert_eq!(
        page.tools.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(),
        ["add", "subtract", "multiply", "divide"]
    );
    for tool in page.tools {
        assert!(!call(&tool.name, r#"{"a":1,"b":1}"#).is_error);
        for schema in [Some(tool.input_schema), tool.output_schema] {
            let schema: serde_json::Value = serde_json::from_str(&schema.unwrap()).unwrap();
            assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        }
    }
}
