use contract::Provider;
use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};

use crate::bindings::exports::wasmcp::mcp::{changes, completion, prompts, provider, resources, tools};
use crate::{catalog, finish};

struct Mux;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Mux;
    crate::bindings::export!(Mux with_types_in crate::bindings);
}

impl provider::Guest for Mux {
    fn describe(ctx: Context) -> Result<ProviderInfo, McpError> {
        finish(catalog()?.describe(&ctx))
    }
}

impl tools::Guest for Mux {
    fn list_tools(ctx: Context, cursor: Option<String>) -> Result<ToolPage, McpError> {
        finish(catalog()?.list_tools(&ctx, cursor.as_deref()))
    }

    fn call_tool(ctx: Context, call: ToolCall) -> Result<ToolLeg, McpError> {
        finish(catalog()?.call_tool(&ctx, &call))
    }
}

impl resources::Guest for Mux {
    fn list_resources(ctx: Context, cursor: Option<String>) -> Result<ResourcePage, McpError> {
        finish(catalog()?.list_resources(&ctx, cursor.as_deref()))
    }

    fn list_templates(ctx: Context, cursor: Option<String>) -> Result<ResourceTemplatePage, McpError> {
        finish(catalog()?.list_templates(&ctx, cursor.as_deref()))
    }

    fn read_resource(ctx: Context, read: ResourceRead) -> Result<ResourceLeg, McpError> {
        finish(catalog()?.read_resource(&ctx, &read))
    }
}

impl prompts::Guest for Mux {
    fn list_prompts(ctx: Context, cursor: Option<String>) -> Result<PromptPage, McpError> {
        finish(catalog()?.list_prompts(&ctx, cursor.as_deref()))
    }

    fn get_prompt(ctx: Context, get: PromptGet) -> Result<PromptLeg, McpError> {
        finish(catalog()?.get_prompt(&ctx, &get))
    }
}

impl completion::Guest for Mux {
    fn complete(ctx: Context, request: CompletionRequest) -> Result<CompletionValues, McpError> {
        finish(catalog()?.complete(&ctx, &request))
    }
}

impl changes::Guest for Mux {
    fn list_changes(ctx: Context, since: Option<String>) -> Result<ChangePage, McpError> {
        finish(catalog()?.list_changes(&ctx, since.as_deref()))
    }
}
