//! A provider that stores by the contract's service `state`: the tool `state` does all operations of its arguments in their order, and
//! answers with the outcome of each; the tool `count` adds to a number by `compare-and-set`, beside any other calls that do so.

mod operations;

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::model::{
    ContentBlock, Context, Implementation, McpError, Offers, ProviderInfo, TextContent, Tool, ToolCall, ToolLeg,
    ToolOutcome, ToolOutput, ToolPage,
};

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../../wit", "wit"],
        world: "wasmcp:state-entries/state-entries",
        generate_all,
    });
}

struct StateEntries;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(StateEntries with_types_in super::bindings);
    use super::StateEntries;
}

impl provider::Guest for StateEntries {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "state-entries".to_owned(),
                version: "0".to_owned(),
                title: None,
                description: None,
                website_url: None,
                icons: Vec::new(),
                extra: None,
            },
            instructions: None,
            offers: Offers::TOOLS,
            extensions: Vec::new(),
            experimental: Vec::new(),
            cache: None,
            catalogue_revision: "0".to_owned(),
            catalogue_static: true,
            extra: None,
        })
    }
}

fn tool(name: &str, input_schema: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        title: None,
        description: None,
        input_schema: input_schema.to_owned(),
        output_schema: None,
        annotations: None,
        task_support: None,
        icons: Vec::new(),
        extra: None,
    }
}

impl tools::Guest for StateEntries {
    fn list_tools(_ctx: Context, _cursor: Option<String>) -> Result<ToolPage, McpError> {
        let tools = vec![
            tool("state", r#"{"type":"object","properties":{"operations":{"type":"array"}}}"#),
            tool("count", r#"{"type":"object","properties":{"key":{"type":"string"},"times":{"type":"integer"}}}"#),
        ];
        Ok(ToolPage { tools, next_cursor: None, cache: None, extra: None })
    }

    fn call_tool(_ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        let text = match call.name.as_str() {
            "state" => operations::all(&call.arguments),
            "count" => operations::count(&call.arguments),
            _ => return Err(McpError::UnknownName(call.name)),
        };
        let text = text.map_err(|error| McpError::Internal(error.to_string()))?;
        let content = vec![ContentBlock::Text(TextContent { text, annotations: None, extra: None })];
        let output = ToolOutput { content, structured_content: None, is_error: false, extra: None };
        Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(output) })
    }
}
