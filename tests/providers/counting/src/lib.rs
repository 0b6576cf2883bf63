//! A provider whose runs are counted by somebody else: a tool tells the URL of the setting `url` that it runs, takes its time,
//! and answers. So a test can say whether a call ran twice, or at all.

mod report;

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::model::{
    ContentBlock, Context, Implementation, McpError, Offers, ProviderInfo, TextContent, Tool, ToolAnnotations,
    ToolCall, ToolLeg, ToolOutcome, ToolOutput, ToolPage,
};
use bindings::wasmcp::mcp::settings;
use serde::Deserialize;

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:counting/counting", generate_all });
}

struct Counting;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(Counting with_types_in super::bindings);
    use super::Counting;
}

/// Each tool, and whether it says that it may run twice. `once` is the only one that tells nobody: a host's own links lose a request
/// now and then.
const TOOLS: [(&str, bool); 3] = [("record", false), ("record_again", true), ("once", false)];

/// What a call is known by, and how many milliseconds it takes.
#[derive(Deserialize)]
struct Arguments {
    id: String,
    #[serde(default)]
    ms: u32,
}

impl provider::Guest for Counting {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "counting".to_owned(),
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

impl tools::Guest for Counting {
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
            let url = settings::get("url")?;
            let url = url.ok_or_else(|| McpError::Internal("the setting `url` is not set".to_owned()))?;
            let path = format!("/{}/{}/{}", call.name, arguments.id, ctx.attempt);
            report::run(&url, &path).map_err(McpError::Internal)?;
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
