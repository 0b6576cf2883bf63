//! A hostile provider: each tool breaks one promise of the contract or of the host, for the tests of the host's reaction.

#![allow(clippy::print_stderr, reason = "what a component prints is for the log of the host")]

mod hold;
mod reach;
mod ruin;
mod swell;

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

const TOOLS: [(&str, Run); 23] = [
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
    ("nest", ruin::nest),
    ("print", ruin::print),
    ("send_request", reach::send_request),
    ("send_many", reach::send_many),
    ("upload", reach::upload),
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

/// The tool that always asks for scopes.
const DEMAND: &str = "demand";

/// The tool that always asks to be called again later.
const POSTPONE: &str = "postpone";

/// The tool that prints, and answers with, all that its call gives it.
const DISCLOSE: &str = "disclose";

/// Runs the tool that a setting names, so that the provider can be hostile without a call.
fn as_set(ctx: &Context, key: &str) {
    let tool = settings::get(key).ok().flatten().filter(|_| !swell::behaves(ctx));
    if let Some((_, run)) = TOOLS.iter().find(|(name, _)| tool.as_deref() == Some(name)) {
        run(&Value::Null);
    }
}

impl provider::Guest for Hostile {
    fn describe(ctx: Context) -> Result<ProviderInfo, McpError> {
        as_set(&ctx, "describe");
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
            instructions: swell::instructions(&ctx),
            offers: Offers::TOOLS,
            extensions: swell::entries(&ctx, "extensions"),
            experimental: swell::entries(&ctx, "experimental"),
            cache: None,
            catalogue_revision: "0".to_owned(),
            catalogue_static: swell::is_static(),
            extra: None,
        })
    }
}

impl tools::Guest for Hostile {
    fn list_tools(ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        as_set(&ctx, "list-tools");
        reach::list_from().map_err(McpError::Internal)?;
        let mut tools = Vec::new();
        if cursor.is_none() {
            tools.extend(TOOLS.iter().map(|(name, _)| *name).chain([COMPLAIN, DEMAND, POSTPONE, DISCLOSE]).map(tool));
            tools.extend(swell::tools(&ctx));
        }
        Ok(ToolPage { tools, next_cursor: swell::next_cursor(&ctx, cursor.as_deref()), cache: None, extra: None })
    }

    fn call_tool(ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        if call.name == DISCLOSE {
            let all = format!("{ctx:?} {call:?}");
            eprintln!("{all}");
            return Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(text(all)) });
        }
        let arguments = serde_json::from_str(&call.arguments).unwrap_or_default();
        let outcome = match &*call.name {
            COMPLAIN => return Err(hold::complain(&arguments)),
            DEMAND => return Err(hold::demand(&arguments)),
            POSTPONE => ToolOutcome::More(hold::postpone(&arguments)),
            called => match TOOLS.iter().find(|(name, _)| *name == called) {
                Some((_, run)) => ToolOutcome::Complete(run(&arguments)),
                None => return Err(McpError::UnknownName(call.name)),
            },
        };
        Ok(ToolLeg { events: Vec::new(), outcome })
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
