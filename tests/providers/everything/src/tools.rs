//! The tools.

use crate::bindings::exports::wasmcp::mcp::tools;
use crate::bindings::wasmcp::mcp::model::{
    CacheHint, CacheScope, Context, McpError, TaskSupport, Tool, ToolAnnotations, ToolCall, ToolLeg, ToolOutcome,
    ToolOutput, ToolPage,
};
use crate::describe::icon;
use crate::{Everything, content, errors, legs, page};

type Run = fn(&ToolCall) -> Result<ToolLeg, McpError>;

const TOOLS: [(&str, Run); 5] =
    [("show", show), ("count", count), ("forever", forever), ("ask", ask), ("refuse", refuse)];

impl tools::Guest for Everything {
    fn list_tools(_ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        let (tools, next_cursor) = page::of(&TOOLS, cursor.as_deref())?;
        Ok(ToolPage {
            tools: tools.iter().map(|(name, _)| tool(name)).collect(),
            next_cursor,
            cache: Some(CacheHint { ttl_ms: 5000, scope: CacheScope::Private }),
            extra: None,
        })
    }

    fn call_tool(_ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        // A test counts how often this is called.
        eprintln!("everything called");
        match TOOLS.iter().find(|(name, _)| *name == call.name) {
            Some((_, run)) => run(&call),
            None => Err(McpError::UnknownName(call.name)),
        }
    }
}

/// Answers with every kind of content.
fn show(_: &ToolCall) -> Result<ToolLeg, McpError> {
    let output = ToolOutput {
        content: content::every_kind(),
        structured_content: Some(r#"{"big":12345678901234567890,"text":"\u00fc"}"#.to_owned()),
        is_error: false,
        extra: Some(r#"{"_meta":{"test.everything/key":"kept"},"later":"kept"}"#.to_owned()),
    };
    Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::Complete(output) })
}

/// Takes three legs, each of which says how far the call is.
fn count(call: &ToolCall) -> Result<ToolLeg, McpError> {
    let (events, more) = legs::one_of_three(call.resumed.as_ref());
    Ok(ToolLeg { events, outcome: more.map_or_else(|| ToolOutcome::Complete(text("counted")), ToolOutcome::More) })
}

/// Always asks for one more leg.
fn forever(_: &ToolCall) -> Result<ToolLeg, McpError> {
    Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::More(legs::one_of_infinitely_many()) })
}

/// Needs an answer of the client.
fn ask(_: &ToolCall) -> Result<ToolLeg, McpError> {
    Ok(ToolLeg { events: Vec::new(), outcome: ToolOutcome::InputRequired(legs::question()) })
}

/// Answers with the error that the arguments name.
fn refuse(call: &ToolCall) -> Result<ToolLeg, McpError> {
    Err(errors::named(&call.arguments))
}

fn text(text: &str) -> ToolOutput {
    ToolOutput { content: vec![content::text(text)], structured_content: None, is_error: false, extra: None }
}

fn tool(name: &str) -> Tool {
    Tool {
        name: name.to_owned(),
        title: Some("A title".to_owned()),
        description: Some("A description.".to_owned()),
        input_schema: r#"{"type":"object","properties":{"n":{"type":"integer","x-mcp-extra":"kept"}}}"#.to_owned(),
        output_schema: None,
        annotations: Some(ToolAnnotations {
            title: None,
            read_only_hint: Some(true),
            destructive_hint: None,
            idempotent_hint: Some(false),
            open_world_hint: None,
            extra: Some(r#"{"laterHint":true}"#.to_owned()),
        }),
        task_support: Some(TaskSupport::Forbidden),
        icons: vec![icon()],
        extra: Some(r#"{"_meta":{"test.everything/key":"kept"},"later":[1]}"#.to_owned()),
    }
}
