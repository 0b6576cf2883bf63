//! What is known of an item without asking its provider: input of policies, header checks, retries, logs and metrics.

use std::sync::Arc;

use contract::Provider;
use contract::model::{CompletionRef, Tool};
use protocol::mcp_param::MirroredArguments;

use crate::Kind;
use crate::catalog::Catalog;
use crate::resolve::Resolved;

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

impl<'a> ItemRef<'a> {
    /// The prompt or template that a completion refers to, where its kind is known, else the item itself.
    pub(crate) fn referred(self) -> Self {
        match self {
            Self::Completion(CompletionRef::Prompt(name)) => Self::Prompt(name),
            Self::Completion(CompletionRef::ResourceTemplate(text)) => Self::Template(text),
            item => item,
        }
    }

    /// What identifies the item, as the client writes it, and of which kind it is. A reference of an unknown kind has the
    /// kind whose names no prefix changes.
    pub(crate) fn key(self) -> (Kind, &'a str) {
        match self {
            Self::Tool(name) => (Kind::Tool, name),
            Self::Prompt(name) => (Kind::Prompt, name),
            Self::Resource(uri) => (Kind::Resource, uri),
            Self::Template(text) => (Kind::Template, text),
            Self::Completion(CompletionRef::Unnamed(json)) => (Kind::Template, json),
            Self::Completion(_) => self.referred().key(),
        }
    }
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

impl<P: Provider> Catalog<P> {
    /// What is known of an item without asking any provider. `None` where its owner depends on what the providers list
    /// when it is called, so that [`resolve`](Self::resolve) has to find it. An item of which it is known who would own
    /// it may be absent.
    pub fn facts(&self, item: ItemRef<'_>) -> Option<ItemFacts> {
        let known = self.known_entry(item).and_then(|entry| self.entries.get(entry)).map(|entry| &entry.name);
        let owner = known.or_else(|| self.single_owner())?;
        let tool = match item {
            ItemRef::Tool(name) => self.place(Kind::Tool, name).and_then(|place| {
                let section = self.entries.get(place.entry)?.section.as_ref()?;
                section.tool_facts(place.item).ok()?
            }),
            _ => None,
        };
        Some(ItemFacts { owner: Arc::clone(owner), tool })
    }

    /// What is known of a resolved item, where [`facts`](Self::facts) did not know its owner. `None` where it did, and
    /// where the owner has no name.
    pub fn found_facts(&self, resolved: &Resolved) -> Option<ItemFacts> {
        if !resolved.searched || self.single_owner().is_some() {
            return None;
        }
        Some(ItemFacts { owner: resolved.owner.clone()?, tool: resolved.facts.clone() })
    }
}
