use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use contract::{Events, Provider};

use crate::bindings::wasmcp::mux::{
    left_changes, left_completion, left_prompts, left_provider, left_resources, left_tools, right_changes,
    right_completion, right_prompts, right_provider, right_resources, right_tools,
};

/// One of the two imported providers. What it does not export is filled when composing, so each has every function.
pub(crate) enum Side {
    Left,
    Right,
}

/// Calls the function of this side.
macro_rules! call {
    ($self:ident, $left:path, $right:path, $($argument:expr),*) => {
        match $self {
            Side::Left => $left($($argument),*),
            Side::Right => $right($($argument),*),
        }
    };
}

impl Provider for Side {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        call!(self, left_provider::describe, right_provider::describe, ctx)
    }

    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        call!(self, left_tools::list_tools, right_tools::list_tools, ctx, cursor)
    }

    async fn call_tool(&self, ctx: &Context, call: &ToolCall, _: &Events) -> Result<ToolLeg, McpError> {
        call!(self, left_tools::call_tool, right_tools::call_tool, ctx, call)
    }

    async fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        call!(self, left_resources::list_resources, right_resources::list_resources, ctx, cursor)
    }

    async fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        call!(self, left_resources::list_templates, right_resources::list_templates, ctx, cursor)
    }

    async fn read_resource(&self, ctx: &Context, read: &ResourceRead, _: &Events) -> Result<ResourceLeg, McpError> {
        call!(self, left_resources::read_resource, right_resources::read_resource, ctx, read)
    }

    async fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> Result<PromptPage, McpError> {
        call!(self, left_prompts::list_prompts, right_prompts::list_prompts, ctx, cursor)
    }

    async fn get_prompt(&self, ctx: &Context, get: &PromptGet, _: &Events) -> Result<PromptLeg, McpError> {
        call!(self, left_prompts::get_prompt, right_prompts::get_prompt, ctx, get)
    }

    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        call!(self, left_completion::complete, right_completion::complete, ctx, request)
    }

    async fn list_changes(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        call!(self, left_changes::list_changes, right_changes::list_changes, ctx, since)
    }
}
