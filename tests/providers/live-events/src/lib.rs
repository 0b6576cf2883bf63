//! A provider that sends a progress event while its call runs: the tool `work` emits the event, asks the server of the setting `url` whether
//! it may end, and ends when that server answers. So a test that holds the answer back can say whether the event came before the end. The
//! tool `shout` sends events until the host takes no more of them, since the client does not read, says so, and waits for an hour. The tool
//! `pause` has a leg with the event before that of `work`, so that every shell sends it before the end.

#![allow(clippy::print_stderr, reason = "what a component prints is for the log of the host")]

mod gate;

use wasi::clocks::monotonic_clock::subscribe_duration;

use bindings::exports::wasmcp::mcp::{provider, tools};
use bindings::wasmcp::mcp::live;
use bindings::wasmcp::mcp::model::{
    ContentBlock, Context, Event, Implementation, McpError, More, Offers, Progress, ProviderInfo, TextContent, Tool,
    ToolCall, ToolLeg, ToolOutcome, ToolOutput, ToolPage,
};

#[allow(missing_docs, unsafe_code, clippy::all, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({ path: ["../../../wit", "wit"], world: "wasmcp:live-events/live-events", generate_all });
}

struct LiveEvents;

#[allow(unsafe_code, reason = "generated")]
mod export {
    super::bindings::export!(LiveEvents with_types_in super::bindings);
    use super::LiveEvents;
}

impl provider::Guest for LiveEvents {
    fn describe(_ctx: Context) -> Result<ProviderInfo, McpError> {
        Ok(ProviderInfo {
            implementation: Implementation {
                name: "live-events".to_owned(),
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

impl tools::Guest for LiveEvents {
    fn list_tools(_ctx: Context, _cursor: Option<String>) -> Result<ToolPage, McpError> {
        let tool = |name: &str| Tool {
            name: name.to_owned(),
            title: None,
            description: None,
            input_schema: r#"{"type":"object"}"#.to_owned(),
            output_schema: None,
            annotations: None,
            task_support: None,
            icons: Vec::new(),
            extra: None,
        };
        Ok(ToolPage { tools: ["work", "shout", "pause"].map(tool).into(), next_cursor: None, cache: None, extra: None })
    }

    /// Answers with whether the host accepted the event. An event that the host did not accept goes with the answer.
    fn call_tool(ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        match &*call.name {
            "pause" if call.resumed.is_none() => {
                let more = More { saved: vec![1], after_ms: 0 };
                return Ok(ToolLeg { events: vec![progress(1.0, "begun")], outcome: ToolOutcome::More(more) });
            }
            "work" | "pause" => {}
            "shout" => shout(&ctx.call_id)?,
            _ => return Err(McpError::UnknownName(call.name)),
        }
        let begun = progress(1.0, "begun");
        let (text, mut events) = match live::emit(&ctx.call_id, &begun) {
            Ok(()) => ("emitted".to_owned(), Vec::new()),
            Err(McpError::NotOffered) => ("not offered".to_owned(), vec![begun]),
            Err(error) => (format!("{error:?}"), Vec::new()),
        };
        gate::wait().map_err(McpError::Internal)?;
        events.push(progress(2.0, "done"));
        let content = vec![ContentBlock::Text(TextContent { text, annotations: None, extra: None })];
        let output = ToolOutput { content, structured_content: None, is_error: false, extra: None };
        Ok(ToolLeg { events, outcome: ToolOutcome::Complete(output) })
    }
}

fn progress(progress: f64, message: &str) -> Event {
    Event::Progress(Progress { progress, total: Some(2.0), message: Some(message.to_owned()), extra: None })
}

/// Sends large events until the host takes no more of them, and then waits for an hour.
fn shout(call_id: &str) -> Result<(), McpError> {
    let text = "x".repeat(64 << 10);
    for step in 1.. {
        match live::emit(call_id, &progress(f64::from(step) / 1e6, &text)) {
            Ok(()) => {}
            Err(McpError::NotOffered) => break,
            Err(error) => return Err(error),
        }
        // The host sends what it has while the component waits.
        subscribe_duration(1_000_000).block();
    }
    eprintln!("is not read");
    subscribe_duration(3_600_000_000_000).block();
    Ok(())
}
