use contract::Provider;
use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use server::{Config, Known};

use crate::bindings::wasmcp::mcp::{provider, settings, tools};

/// The provider that this component is composed with. An import's call returns when it is done, so none of these waits; what
/// is not imported is not offered, and the engine does not ask for it.
pub(crate) struct Imports;

impl Provider for Imports {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        provider::describe(ctx)
    }

    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        tools::list_tools(ctx, cursor)
    }

    async fn call_tool(&self, ctx: &Context, call: &ToolCall) -> Result<ToolLeg, McpError> {
        tools::call_tool(ctx, call)
    }

    async fn list_resources(&self, _ctx: &Context, _cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        Err(McpError::NotOffered)
    }

    async fn list_templates(&self, _ctx: &Context, _cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        Err(McpError::NotOffered)
    }

    async fn read_resource(&self, _ctx: &Context, _read: &ResourceRead) -> Result<ResourceLeg, McpError> {
        Err(McpError::NotOffered)
    }

    async fn list_prompts(&self, _ctx: &Context, _cursor: Option<&str>) -> Result<PromptPage, McpError> {
        Err(McpError::NotOffered)
    }

    async fn get_prompt(&self, _ctx: &Context, _get: &PromptGet) -> Result<PromptLeg, McpError> {
        Err(McpError::NotOffered)
    }

    async fn complete(&self, _ctx: &Context, _request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        Err(McpError::NotOffered)
    }

    async fn list_changes(&self, _ctx: &Context, _since: Option<&str>) -> Result<ChangePage, McpError> {
        Err(McpError::NotOffered)
    }
}

/// The transport's settings, or why they cannot be used.
pub(crate) fn config() -> Result<Config, String> {
    Config::read(settings::get).map_err(|error| error.to_string())
}

/// What `compose` found out of the provider, if anything. Where it cannot be told, the provider is asked.
pub(crate) fn known() -> Result<Option<Known>, String> {
    let told = settings::get(Known::KEY).ok().flatten();
    told.map(|text| Known::read(&text)).transpose().map_err(|error| error.to_string())
}
