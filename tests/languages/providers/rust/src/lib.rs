//! Links: whether a web page answers. A provider of MCP tools.

mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "links", generate_all });
    export!(Links);
    use super::Links;
}

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::{http, model::*};

const SCHEMA: &str = r#"{
    "type": "object",
    "properties": { "url": { "type": "string", "description": "An http: or https: URL" } },
    "required": ["url"]
}"#;

struct Links;

impl provider::Guest for Links {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "links".into(),
                version: "1.0.0".into(),
                title: None,
                description: None,
                website_url: None,
                icons: vec![],
                extra: None,
            },
            instructions: None,
            offers: Offers::TOOLS,
            extensions: vec![],
            experimental: vec![],
            cache: None,
            catalogue_revision: "1".into(),
            catalogue_static: true,
            extra: None,
        })
    }
}

impl tools::Guest for Links {
    fn list_tools(_ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        if cursor.is_some() {
            return Err(McpError::InvalidCursor);
        }
        let tool = Tool {
            name: "check_link".into(),
            title: None,
            description: Some("Says whether a web page answers.".into()),
            input_schema: SCHEMA.into(),
            output_schema: None,
            annotations: None,
            task_support: None,
            icons: vec![],
            extra: None,
        };
        Ok(ToolPage { tools: vec![tool], next_cursor: None, cache: None, extra: None })
    }

    fn call_tool(_ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        if call.name != "check_link" {
            return Err(McpError::UnknownName(call.name));
        }
        let result = check_link(&call.arguments);
        let is_error = result.is_err();
        let text = TextContent { text: result.unwrap_or_else(|error| error), annotations: None, extra: None };
        let content = vec![ContentBlock::Text(text)];
        let output = ToolOutput { content, structured_content: None, is_error, extra: None };
        Ok(ToolLeg { events: vec![], outcome: ToolOutcome::Complete(output) })
    }
}

/// What the model reads: a panic would reach it as "internal error".
fn check_link(arguments: &str) -> Result<String, String> {
    let arguments: serde_json::Value = serde_json::from_str(arguments).map_err(|error| error.to_string())?;
    let url = arguments["url"].as_str().ok_or("`url` must be a string")?;
    let request = http::Request { method: "GET".into(), url: url.into(), headers: vec![], body: vec![], timeout_ms: None };
    match http::send(&[request]).pop() {
        Some(Ok(response)) => Ok(format!("{url} answers {}, {} bytes", response.status, response.body.len())),
        Some(Err(failure)) => Err(format!("{url} did not answer: {failure:?}")),
        None => Err(format!("{url} did not answer")),
    }
}
