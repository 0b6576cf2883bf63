//! Tools.

use contract::model::{TaskSupport, Tool, ToolAnnotations, ToolOutput, ToolPage};
use serde_json::{Value, json};

use super::content::{content, icons};
use crate::tree::{Peers, V2025_11_25, cacheable, is_modern, list, object, object_of, optional, parsed, result, text};

fn tool(tool: &Tool, version: &str) -> Value {
    let Tool {
        name,
        title,
        description,
        input_schema,
        output_schema,
        annotations: hints,
        task_support,
        icons: images,
        extra,
    } = tool;
    let hints = hints.as_ref().map(|hints| {
        let ToolAnnotations { title, read_only_hint, destructive_hint, idempotent_hint, open_world_hint, extra } =
            hints;
        object(
            extra,
            [
                ("title", optional(title)),
                ("readOnlyHint", optional(read_only_hint)),
                ("destructiveHint", optional(destructive_hint)),
                ("idempotentHint", optional(idempotent_hint)),
                ("openWorldHint", optional(open_world_hint)),
            ],
        )
    });
    let output = output_schema.as_deref().map(parsed);
    let execution = task_support.filter(|_| version == V2025_11_25).map(|support| {
        let support = match support {
            TaskSupport::Forbidden => "forbidden",
            TaskSupport::Optional => "optional",
            TaskSupport::Required => "required",
        };
        let inner = extra.as_deref().map(parsed).and_then(|extra| extra.get("execution").cloned());
        object_of(inner.unwrap_or(json!({})), [("taskSupport", text(support))])
    });
    object(
        extra,
        [
            ("name", text(name)),
            ("title", optional(title)),
            ("description", optional(description)),
            ("inputSchema", Some(parsed(input_schema))),
            ("outputSchema", output.filter(|schema| is_modern(version) || schema["type"] == "object")),
            ("annotations", hints),
            ("execution", execution),
            ("icons", icons(images, version)),
        ],
    )
}

/// The result of `tools/list`.
pub fn tool_page(page: &ToolPage, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let ToolPage { tools, next_cursor, cache, extra } = page;
    let members = [("tools", list(tools, |of| tool(of, version))), ("nextCursor", optional(next_cursor))];
    cacheable(extra, cache, peers, members)
}

/// The result of `tools/call`.
pub fn tool_output(output: &ToolOutput, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let ToolOutput { content: blocks, structured_content, is_error, extra } = output;
    let structured = structured_content.as_deref().map(parsed);
    result(
        extra,
        peers,
        [
            ("content", list(blocks, |block| content(block, version))),
            ("structuredContent", structured.filter(|value| is_modern(version) || value.is_object())),
            ("isError", is_error.then_some(json!(true))),
        ],
    )
}
