use contract::Provider;
use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use wire::{Encode, Size};

use crate::bindings::wasmcp::mcp::{changes, completion, prompts, provider, resources, tools};

/// The most bytes of binary data in an answer: 40 MB of the host's memory.
const BINARY: usize = 1 << 20;

/// The most bytes of an answer in all.
const TOTAL: usize = 8 << 20;

/// The most values of an answer, such as its texts and numbers: 50 MB of the host's memory.
const VALUES: usize = 500_000;

/// The provider, whose answers are measured.
pub(crate) struct Capped;

/// Why a link cannot carry the answer, if it cannot.
fn too_much<T: Encode>(answer: &Result<T, McpError>) -> Option<String> {
    let (what, found, most) = match wire::measure(answer) {
        Size { binary, .. } if binary > BINARY => ("bytes of binary data", binary, BINARY),
        Size { total, .. } if total > TOTAL => ("bytes", total, TOTAL),
        Size { values, .. } if values > VALUES => ("values", values, VALUES),
        _ => return None,
    };
    Some(format!(
        "the provider's answer has {found} {what}, and a link of the lattice carries {most} at most: let it answer with a resource link"
    ))
}

fn measured<T: Encode>(answer: Result<T, McpError>) -> Result<T, McpError> {
    too_much(&answer).map_or(answer, |reason| Err(McpError::Internal(reason)))
}

impl Provider for Capped {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        measured(provider::describe(ctx))
    }

    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        measured(tools::list_tools(ctx, cursor))
    }

    async fn call_tool(&self, ctx: &Context, call: &ToolCall) -> Result<ToolLeg, McpError> {
        let answer = tools::call_tool(ctx, call);
        match too_much(&answer) {
            None => answer,
            Some(reason) => Err(McpError::Internal(format!("{reason}. The tool has run"))),
        }
    }

    async fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        measured(resources::list_resources(ctx, cursor))
    }

    async fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        measured(resources::list_templates(ctx, cursor))
    }

    async fn read_resource(&self, ctx: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
        measured(resources::read_resource(ctx, read))
    }

    async fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> Result<PromptPage, McpError> {
        measured(prompts::list_prompts(ctx, cursor))
    }

    async fn get_prompt(&self, ctx: &Context, get: &PromptGet) -> Result<PromptLeg, McpError> {
        measured(prompts::get_prompt(ctx, get))
    }

    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        measured(completion::complete(ctx, request))
    }

    async fn list_changes(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        measured(changes::list_changes(ctx, since))
    }
}
