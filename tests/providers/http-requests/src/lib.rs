//! A provider that sends HTTP requests by the contract's service `http`: the tool `send` sends all requests of its arguments at once, and
//! answers with the outcome of each.

mod requests;

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::http;
use bindings::wasmcp::mcp::model::{
    ContentBlock, Context, Implementation, McpError, Offers, ProviderInfo, TextContent, Tool, ToolCall, ToolLeg,
    ToolOutcome, ToolOutput, ToolPage,
};

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../../wit", "wit"],
        world: "wasmcp:http-requests/http-requests",
        generate_all,
    });
}

struct HttpRequests;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(HttpRequests with_types_in super::bindings);
    use super::HttpRequests;
}

impl provider::Guest for HttpRequests {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "http-requests".to_owned(),
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

impl tools::Guest for HttpRequests {
    fn list_tools(_ctx: Context, _cursor: Option<String>) -> Result<ToolPage, McpError> {
        let tool = Tool {
            name: "send".to_owned(),
            title: None,
            description: None,
            input_schema: r#"{"type":"object","properties":{"requests":{"type":"array"}}}"#.to_owned(),
            output_schema: None,
            annotations: None,
            task_support: None,
            icons: Vec::new(),
            extra: None,
        };
        Ok(ToolPage { tools: vec![tool], next_cursor: None, cache: None, extra: None })
    }

    fn call_tool(_ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        if call.name != "send" {
            return Err(McpError::UnknownName(call.name));
        }
        let requests = requests::read(&call.arguments).map_err(|error| McpError::Internal(error.to_string()))?;
        let text = requests::write(&http::send(&requests));
        let content = vec![ContentBlock::Text(TextContent { text, annotations: None, extra: None })];
        let output = ToolOutput { content, structured_content: None, is_error: false, extra: None };
        Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(output) })
    }
}
