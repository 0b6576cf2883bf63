//! The template `runs:///{id}` and the prompt `runs`, whose reads and gets are counted as `read` and `get`.

use crate::bindings::exports::wasmcp::mcp::{prompts, resources};
use crate::bindings::wasmcp::mcp::model::{
    ContentBlock, Context, McpError, Prompt, PromptArgument, PromptGet, PromptLeg, PromptMessage, PromptOutcome,
    PromptOutput, PromptPage, ResourceBody, ResourceContents, ResourceLeg, ResourceOutcome, ResourceOutput,
    ResourcePage, ResourceRead, ResourceTemplate, ResourceTemplatePage, Role, TextContent,
};
use crate::{RunCounter, report};

impl resources::Guest for RunCounter {
    fn list_resources(_ctx: Context, _cursor: Option<String>) -> Result<ResourcePage, McpError> {
        Ok(ResourcePage { resources: Vec::new(), next_cursor: None, cache: None, extra: None })
    }

    fn list_templates(_ctx: Context, _cursor: Option<String>) -> Result<ResourceTemplatePage, McpError> {
        let template = ResourceTemplate {
            uri_template: "runs:///{id}".to_owned(),
            name: "runs".to_owned(),
            title: None,
            description: None,
            mime_type: None,
            annotations: None,
            icons: Vec::new(),
            extra: None,
        };
        Ok(ResourceTemplatePage { templates: vec![template], next_cursor: None, cache: None, extra: None })
    }

    fn read_resource(ctx: Context, read: ResourceRead) -> Result<ResourceLeg, McpError> {
        let Some(id) = read.uri.strip_prefix("runs:///") else {
            return Err(McpError::ResourceNotFound(read.uri));
        };
        report::run("read", id, &ctx)?;
        let body = ResourceBody::Text(id.to_owned());
        let contents = vec![ResourceContents { uri: read.uri, mime_type: None, body, extra: None }];
        let output = ResourceOutput { contents, cache: None, extra: None };
        Ok(ResourceLeg { events: Vec::new(), outcome: ResourceOutcome::Complete(output) })
    }
}

impl prompts::Guest for RunCounter {
    fn list_prompts(_ctx: Context, _cursor: Option<String>) -> Result<PromptPage, McpError> {
        let id =
            PromptArgument { name: "id".to_owned(), title: None, description: None, required: Some(true), extra: None };
        let prompt = Prompt {
            name: "runs".to_owned(),
            title: None,
            description: None,
            arguments: vec![id],
            icons: Vec::new(),
            extra: None,
        };
        Ok(PromptPage { prompts: vec![prompt], next_cursor: None, cache: None, extra: None })
    }

    fn get_prompt(ctx: Context, get: PromptGet) -> Result<PromptLeg, McpError> {
        if get.name != "runs" {
            return Err(McpError::UnknownName(get.name));
        }
        let id = get.arguments.into_iter().find(|(name, _)| name == "id").map(|(_, id)| id).unwrap_or_default();
        report::run("get", &id, &ctx)?;
        let content = ContentBlock::Text(TextContent { text: id, annotations: None, extra: None });
        let messages = vec![PromptMessage { role: Role::User, content, extra: None }];
        let output = PromptOutput { description: None, messages, extra: None };
        Ok(PromptLeg { events: Vec::new(), outcome: PromptOutcome::Complete(output) })
    }
}
