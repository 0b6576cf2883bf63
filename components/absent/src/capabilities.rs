use crate::Absent;
use crate::bindings::exports::wasmcp::mcp::{changes, completion, prompts, resources, tools};
use crate::bindings::wasmcp::mcp::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ResourceLeg,
    ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};

impl tools::Guest for Absent {
    fn list_tools(_ctx: Context, _cursor: Option<String>) -> Result<ToolPage, McpError> {
        Err(McpError::NotOffered)
    }

    fn call_tool(_ctx: Context, _call: ToolCall) -> Result<ToolLeg, McpError> {
        Err(McpError::NotOffered)
    }
}

impl resources::Guest for Absent {
    fn list_resources(_ctx: Context, _cursor: Option<String>) -> Result<ResourcePage, McpError> {
        Err(McpError::NotOffered)
    }

    fn list_templates(_ctx: Context, _cursor: Option<String>) -> Result<ResourceTemplatePage, McpError> {
        Err(McpError::NotOffered)
    }

    fn read_resource(_ctx: Context, _read: ResourceRead) -> Result<ResourceLeg, McpError> {
        Err(McpError::NotOffered)
    }
}

impl prompts::Guest for Absent {
    fn list_prompts(_ctx: Context, _cursor: Option<String>) -> Result<PromptPage, McpError> {
        Err(McpError::NotOffered)
    }

    fn get_prompt(_ctx: Context, _get: PromptGet) -> Result<PromptLeg, McpError> {
        Err(McpError::NotOffered)
    }
}

impl completion::Guest for Absent {
    fn complete(_ctx: Context, _request: CompletionRequest) -> Result<CompletionValues, McpError> {
        Err(McpError::NotOffered)
    }
}

impl changes::Guest for Absent {
    fn list_changes(_ctx: Context, _since: Option<String>) -> Result<ChangePage, McpError> {
        Err(McpError::NotOffered)
    }
}
