//! A provider whose runs are counted by a server outside of it: each call sends a request to the URL of the setting `url`, waits for the
//! time that its arguments give, and answers. So a test can say whether a call ran twice, or at all.

mod reads;
mod report;

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::model::{
    ContentBlock, Context, Implementation, McpError, Offers, ProviderInfo, TextContent, Tool, ToolAnnotations,
    ToolCall, ToolLeg, ToolOutcome, ToolOutput, ToolPage,
};
use serde::Deserialize;

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:run-counter/run-counter", generate_all });
}

struct RunCounter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(RunCounter with_types_in super::bindings);
    use super::RunCounter;
}

/// Each tool, and whether it declares that it may run twice. Runs of `once` are not counted: a host's own links sometimes lose a request.
const TOOLS: [(&str, bool); 3] = [("record", false), ("record_again", true), ("once", false)];

/// The id by which a call is counted, and how many milliseconds it takes.
#[derive(Deserialize)]
struct Arguments {
    id: String,
    #[serde(default)]
    ms: u32,
}

impl provider::Guest for RunCounter {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "run-counter".to_owned(),
                version: "0".to_owned(),
                title: None,
                description: None,
                website_url: None,
                icons: Vec::new(),
                extra: None,
            },
            instructions: None,
            offers: Offers::TOOLS | Offers::RESOURCES | Offers::PROMPTS,
            extensions: Vec::new(),
            experimental: Vec::new(),
            cache: None,
            catalogue_revision: "0".to_owned(),
            catalogue_static: true,
            extra: None,
        })
    }
}

impl tools::Guest for RunCounter {
    fn list_tools(_ctx: Context, _cursor: Option<String>) -> Result<ToolPage, McpError> {
        Ok(ToolPage { tools: TOOLS.map(tool).into(), next_cursor: None, cache: None, extra: None })
    }

    fn call_tool(ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        if TOOLS.iter().all(|(name, _)| *name != call.name) {
            return Err(McpError::UnknownName(call.name));
        }
        let arguments = serde_json::from_str::<Arguments>(&call.arguments);
        let arguments = arguments.map_err(|error| McpError::Internal(error.to_string()))?;
        if call.name != "once" {
            report::run(&call.name, &arguments.id, &ctx)?;
        }
        report::sleep(arguments.ms);
        let text = ContentBlock::Text(TextContent { text: arguments.id, annotations: None, extra: None });
        let output = ToolOutput { content: vec![text], structured_content: None, is_error: false, extra: None };
        Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(output) })
    }
}

fn tool((name, idempotent): (&str, bool)) -> Tool {
    Tool {
        name: name.to_owned(),
        title: None,
        description: None,
        input_schema: r#"{"type":"object"}"#.to_owned(),
        output_schema: None,
        annotations: Some(ToolAnnotations {
            title: None,
            read_only_hint: None,
            destructive_hint: None,
            idempotent_hint: Some(idempotent),
            open_world_hint: None,
            extra: None,
        }),
        task_support: None,
        icons: Vec::new(),
        extra: None,
    }
}
