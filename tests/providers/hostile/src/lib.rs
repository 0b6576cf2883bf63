//! A hostile provider: each tool breaks one promise of the contract or of the host, for the tests of the host's reaction.

#![allow(clippy::print_stderr, reason = "what a component prints is for the log of the host")]

mod hold;
mod reach;
mod ruin;

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::model::{
    ContentBlock, Context, Implementation, McpError, Offers, ProviderInfo, TextContent, Tool, ToolCall, ToolLeg,
    ToolOutcome, ToolOutput, ToolPage,
};
use bindings::wasmcp::mcp::settings;
use serde_json::Value;

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:hostile/hostile", generate_all });
}

struct Hostile;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(Hostile with_types_in super::bindings);
    use super::Hostile;
}

/// Runs a tool. Some never return.
type Run = fn(&Value) -> ToolOutput;

const TOOLS: [(&str, Run); 20] = [
    ("spin", ruin::spin),
    ("nap", ruin::nap),
    ("wait", ruin::wait),
    ("grow", ruin::grow),
    ("hoard", ruin::hoard),
    ("trap", ruin::trap),
    ("leave", ruin::leave),
    ("flood", ruin::flood),
    ("babble", ruin::babble),
    ("garble", ruin::garble),
    ("print", ruin::print),
    ("send_request", reach::send_request),
    ("look_up", reach::look_up),
    ("pry", reach::pry),
    ("remember", reach::remember),
    ("hold_bodies", hold::hold_bodies),
    ("hold_headers", hold::hold_headers),
    ("hold_parts", hold::hold_parts),
    ("draw", hold::draw),
    ("swell", hold::swell),
];

/// The tool that always fails.
const COMPLAIN: &str = "complain";

/// The tool that prints, and answers with, all that its call gives it.
const DISCLOSE: &str = "disclose";

/// Runs the tool that a setting names, so that the provider can be hostile before its first call.
fn as_set(key: &str) {
    let tool = settings::get(key).ok().flatten();
    if let Some((_, run)) = TOOLS.iter().find(|(name, _)| tool.as_deref() == Some(name)) {
        run(&Value::Null);
    }
}

impl provider::Guest for Hostile {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        as_set("describe");
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "hostile".to_owned(),
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

impl tools::Guest for Hostile {
    fn list_tools(_ctx: Context, _cursor: Option<String>) -> Result<ToolPage, McpError> {
        as_set("list-tools");
        let tools = TOOLS.iter().map(|(name, _)| *name).chain([COMPLAIN, DISCLOSE]).map(tool).collect();
        Ok(ToolPage { tools, next_cursor: None, cache: None, extra: None })
    }

    fn call_tool(ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        if call.name == DISCLOSE {
            let all = format!("{ctx:?} {call:?}");
            eprintln!("{all}");
            return Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(text(all)) });
        }
        let arguments = serde_json::from_str(&call.arguments).unwrap_or_default();
        if call.name == COMPLAIN {
            return Err(hold::complain(&arguments));
        }
        match TOOLS.iter().find(|(name, _)| *name == call.name) {
            Some((_, run)) => Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(run(&arguments)) }),
            None => Err(McpError::UnknownName(call.name)),
        }
    }
}

fn tool(name: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        title: None,
        description: None,
        input_schema: r#"{"type":"object"}"#.to_owned(),
        output_schema: None,
        annotations: None,
        task_support: None,
        icons: Vec::new(),
        extra: None,
    }
}

fn text(text: String) -> ToolOutput {
    let block = ContentBlock::Text(TextContent { text, annotations: None, extra: None });
    ToolOutput { content: vec![block], structured_content: None, is_error: false, extra: None }
}
