//! A provider of MCP tools: a server calls these functions, and speaks MCP to the clients.

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::model::*;

/// The types of the contract, and the functions that the server calls, as traits.
mod bindings {
    wit_bindgen::generate!({ path: "wit", world: "provider", generate_all });
    export!(Provider);
    use super::Provider;
}

const SCHEMA: &str = r#"{
    "type": "object",
    "properties": { "name": { "type": "string", "description": "Whom to greet" } },
    "required": ["name"]
}"#;

struct Provider;

impl provider::Guest for Provider {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: env!("CARGO_PKG_NAME").into(),
                version: env!("CARGO_PKG_VERSION").into(),
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
            // The list of tools is the same for every caller: a server asks for it once, when it starts.
            catalogue_static: true,
            catalogue_revision: "1".into(),
            extra: None,
        })
    }
}

impl tools::Guest for Provider {
    fn list_tools(_ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        // The list has one page, so that no cursor was ever given out.
        if cursor.is_some() {
            return Err(McpError::InvalidCursor);
        }
        let tool = Tool {
            name: "greet".into(),
            title: None,
            description: Some("Greets a person.".into()),
            input_schema: SCHEMA.into(),
            output_schema: None,
            annotations: None,
            task_support: None,
            icons: vec![],
            extra: None,
        };
        Ok(ToolPage {
            tools: vec![tool],
            next_cursor: None,
            cache: None,
            extra: None,
        })
    }

    fn call_tool(_ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        if call.name != "greet" {
            return Err(McpError::UnknownName(call.name));
        }
        // The model reads an error. A panic would end the call, and the client would read "internal error".
        let result = greet(&call.arguments);
        let is_error = result.is_err();
        let text = TextContent {
            text: result.unwrap_or_else(|error| error),
            annotations: None,
            extra: None,
        };
        let output = ToolOutput {
            content: vec![ContentBlock::Text(text)],
            structured_content: None,
            is_error,
            extra: None,
        };
        Ok(ToolLeg {
            events: vec![],
            outcome: ToolOutcome::Complete(output),
        })
    }
}

fn greet(arguments: &str) -> Result<String, String> {
    // The server has not checked the arguments against the schema.
    let arguments: serde_json::Value =
        serde_json::from_str(arguments).map_err(|error| error.to_string())?;
    let name = arguments["name"]
        .as_str()
        .ok_or("`name` must be a string")?;
    Ok(format!("Hello, {name}!"))
}
