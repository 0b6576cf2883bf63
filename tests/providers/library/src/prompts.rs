//! A prompt with the name of one of `everything`.

use crate::bindings::exports::wasmcp::mcp::prompts;
use crate::bindings::wasmcp::mcp::model::{
    ContentBlock, Context, McpError, Prompt, PromptGet, PromptLeg, PromptMessage, PromptOutcome, PromptOutput,
    PromptPage, Role, TextContent,
};
use crate::{Library, SECOND_PAGE};

/// The name of the prompt.
pub(crate) const GREET: &str = "greet";

impl prompts::Guest for Library {
    fn list_prompts(_ctx: Context, cursor: Option<String>) -> Result<PromptPage, McpError> {
        let prompt = Prompt {
            name: GREET.to_owned(),
            title: None,
            description: None,
            arguments: Vec::new(),
            icons: Vec::new(),
            extra: None,
        };
        // The first page is empty.
        let page = |prompts, next_cursor| Ok(PromptPage { prompts, next_cursor, cache: None, extra: None });
        match cursor.as_deref() {
            None => page(Vec::new(), Some(SECOND_PAGE.to_owned())),
            Some(SECOND_PAGE) => page(vec![prompt], None),
            Some(_) => Err(McpError::InvalidCursor),
        }
    }

    fn get_prompt(_ctx: Context, get: PromptGet) -> Result<PromptLeg, McpError> {
        if get.name != GREET {
            return Err(McpError::UnknownName(get.name));
        }
        let text = format!("library: {}", get.name);
        let content = ContentBlock::Text(TextContent { text, annotations: None, extra: None });
        let messages = vec![PromptMessage { role: Role::User, content, extra: None }];
        let output = PromptOutput { description: None, messages, extra: None };
        Ok(PromptLeg { events: Vec::new(), outcome: PromptOutcome::Complete(output) })
    }
}
