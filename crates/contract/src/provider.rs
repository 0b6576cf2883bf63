use std::future::Future;

use crate::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};

/// A future of one provider call.
type Answer<T> = Result<T, McpError>;

/// What answers the calls of the contract: one component, or several as one.
///
/// A function that a provider does not export answers [`McpError::NotOffered`]; a provider that traps, is lost or passes its
/// deadline answers with an error too. The contract of each function stands in `wit/capabilities.wit`.
pub trait Provider: Send + Sync + 'static {
    fn describe(&self, ctx: &Context) -> impl Future<Output = Answer<ProviderInfo>> + Send;
    fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> impl Future<Output = Answer<ToolPage>> + Send;
    fn call_tool(&self, ctx: &Context, call: &ToolCall) -> impl Future<Output = Answer<ToolLeg>> + Send;
    fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> impl Future<Output = Answer<ResourcePage>> + Send;
    fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> impl Future<Output = Answer<ResourceTemplatePage>> + Send;
    fn read_resource(&self, ctx: &Context, read: &ResourceRead) -> impl Future<Output = Answer<ResourceLeg>> + Send;
    fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> impl Future<Output = Answer<PromptPage>> + Send;
    fn get_prompt(&self, ctx: &Context, get: &PromptGet) -> impl Future<Output = Answer<PromptLeg>> + Send;
    fn complete(&self, ctx: &Context, request: &CompletionRequest) -> impl Future<Output = Answer<CompletionValues>> + Send;
    fn list_changes(&self, ctx: &Context, since: Option<&str>) -> impl Future<Output = Answer<ChangePage>> + Send;
}
