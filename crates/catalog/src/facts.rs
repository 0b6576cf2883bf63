//! What is known of an item without asking its provider: input of policies, header checks, retries, logs and metrics.

use std::sync::Arc;

use contract::model::{CompletionRef, Tool};
use protocol::mcp_param::MirroredArguments;

/// An item as a client names it.
#[derive(Debug, Clone, Copy)]
pub enum ItemRef<'a> {
    /// The name of a tool.
    Tool(&'a str),
    /// The name of a prompt.
    Prompt(&'a str),
    /// The URI of a resource, listed or of a template.
    Resource(&'a str),
    /// The text of a resource template, or a URI: a completion may name either (MCP 2026-07-28,
    /// `ResourceTemplateReference`).
    Template(&'a str),
    /// The prompt or template whose argument is completed.
    Completion(&'a CompletionRef),
}

/// What is known of an item.
#[derive(Debug, Clone)]
pub struct ItemFacts {
    /// The name of the provider that owns the item.
    pub owner: Arc<str>,
    /// More about it, if it is a tool.
    pub tool: Option<Arc<ToolFacts>>,
}

/// A tool, and what follows from how its provider describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ToolFacts {
    /// The tool as its provider lists it, under the provider's own name.
    pub tool: Tool,
    /// Whether the tool says that it may run twice. MCP, `ToolAnnotations`: called again with the same arguments an
    /// idempotent tool has no further effect, and a tool that only reads has no effect at all.
    pub repeatable: bool,
    /// The arguments that clients repeat in headers.
    pub mirrored_arguments: MirroredArguments,
}

impl ToolFacts {
    /// Reads the facts of a tool.
    pub fn new(tool: Tool) -> Self {
        let mirrored_arguments = MirroredArguments::of_schema(&tool.input_schema);
        Self { repeatable: is_repeatable(&tool), mirrored_arguments, tool }
    }
}

/// Whether a tool says that it may run twice.
pub fn is_repeatable(tool: &Tool) -> bool {
    tool.annotations.as_ref().is_some_and(|annotations| {
        annotations.idempotent_hint == Some(true) || annotations.read_only_hint == Some(true)
    })
}
