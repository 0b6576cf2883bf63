//! Prompts.

use contract::model::{Prompt, PromptArgument, PromptMessage, PromptOutput, PromptPage};
use serde_json::Value;

use super::content::{content, icons, role};
use crate::tree::{Peers, cacheable, list, object, optional, result, some, text};

/// The result of `prompts/list`.
pub fn prompt_page(page: &PromptPage, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let PromptPage { prompts, next_cursor, cache, extra } = page;
    let argument = |argument: &PromptArgument| {
        let PromptArgument { name, title, description, required, extra } = argument;
        object(
            extra,
            [
                ("name", text(name)),
                ("title", optional(title)),
                ("description", optional(description)),
                ("required", optional(required)),
            ],
        )
    };
    let prompt = |prompt: &Prompt| {
        let Prompt { name, title, description, arguments, icons: images, extra } = prompt;
        object(
            extra,
            [
                ("name", text(name)),
                ("title", optional(title)),
                ("description", optional(description)),
                ("arguments", some(arguments, argument)),
                ("icons", icons(images, version)),
            ],
        )
    };
    cacheable(extra, cache, peers, [("prompts", list(prompts, prompt)), ("nextCursor", optional(next_cursor))])
}

/// The result of `prompts/get`.
pub fn prompt_output(output: &PromptOutput, peers: &Peers<'_>) -> Value {
    let version = peers.version;
    let PromptOutput { description, messages, extra } = output;
    let message = |PromptMessage { role: speaker, content: block, extra }: &PromptMessage| {
        object(extra, [("role", Some(role(*speaker))), ("content", Some(content(block, version)))])
    };
    result(extra, peers, [("description", optional(description)), ("messages", list(messages, message))])
}
