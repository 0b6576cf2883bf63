//! Values for the arguments of the prompts, and for the variables of the templates.

use crate::Everything;
use crate::bindings::exports::wasmcp::mcp::completion;
use crate::bindings::wasmcp::mcp::model::{CompletionRef, CompletionRequest, CompletionValues, Context, McpError};

const NAMES: [&str; 4] = ["Ada", "Alan", "Barbara", "Grace"];
const STYLES: [&str; 2] = ["formal", "casual"];

impl completion::Guest for Everything {
    fn complete(_ctx: Context, request: CompletionRequest) -> Result<CompletionValues, McpError> {
        let all = match &request.ref_ {
            CompletionRef::Prompt(prompt) => match (prompt.as_str(), request.argument.as_str()) {
                ("greet", "name") => names(&request),
                ("greet", "style") => STYLES.map(str::to_owned).into(),
                ("numbers", "hundred") => {
                    return Ok(CompletionValues { total: Some(250), has_more: Some(true), ..values(numbers(100)) });
                }
                // One more than MCP allows.
                ("numbers", "more") => return Ok(values(numbers(101))),
                ("greet" | "numbers", _) => Vec::new(),
                _ => return Err(McpError::UnknownName(prompt.clone())),
            },
            CompletionRef::ResourceTemplate(template) => match (template.as_str(), request.argument.as_str()) {
                ("test:///greetings/{name}", "name") => names(&request),
                ("test:///greetings/{name}", _) => Vec::new(),
                _ => return Err(McpError::UnknownName(template.clone())),
            },
            // The request has a reference of another kind as a whole.
            CompletionRef::Unnamed(reference) => return Ok(values(vec![reference.clone()])),
        };
        let found: Vec<String> = all.into_iter().filter(|value| value.starts_with(&request.value)).collect();
        let total = u32::try_from(found.len()).ok();
        let extra = match &request.extra {
            Some(sent) => format!(r#"{{"_meta":{{"test.everything/sent":{sent}}},"completion":{{"later":"kept"}}}}"#),
            None => r#"{"completion":{"later":"kept"}}"#.to_owned(),
        };
        Ok(CompletionValues { total, has_more: Some(false), extra: Some(extra), ..values(found) })
    }
}

/// The names, in the style that the client says it has filled in already.
fn names(request: &CompletionRequest) -> Vec<String> {
    let is_formal = request.arguments.iter().any(|(name, value)| name == "style" && value == "formal");
    NAMES.map(|name| if is_formal { format!("Dr. {name}") } else { name.to_owned() }).into()
}

fn numbers(count: u32) -> Vec<String> {
    (1..=count).map(|number| number.to_string()).collect()
}

fn values(values: Vec<String>) -> CompletionValues {
    CompletionValues { values, total: None, has_more: None, extra: None }
}
