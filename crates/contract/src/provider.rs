use std::future::Future;

use crate::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};

/// What comes of one call of a provider.
type Answer<T> = Result<T, McpError>;

/// What answers the calls of the contract: one component, or several as one.
///
/// A function that a provider does not export answers [`McpError::NotOffered`]; a provider that traps, is lost or passes its
/// deadline answers with an error too. The contract of each function stands in `wit/capabilities.wit`.
pub trait Provider: Send + Sync + 'static {
    /// Says what the provider is and has.
    fn describe(&self, ctx: &Context) -> impl Future<Output = Answer<ProviderInfo>> + Send;
    /// One page of tools.
    fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> impl Future<Output = Answer<ToolPage>> + Send;
    /// Runs a tool, or one leg of it.
    fn call_tool(&self, ctx: &Context, call: &ToolCall) -> impl Future<Output = Answer<ToolLeg>> + Send;
    /// One page of resources.
    fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> impl Future<Output = Answer<ResourcePage>> + Send;
    /// One page of resource templates.
    fn list_templates(
        &self,
        ctx: &Context,
        cursor: Option<&str>,
    ) -> impl Future<Output = Answer<ResourceTemplatePage>> + Send;
    /// Reads a resource, or runs one leg of it.
    fn read_resource(&self, ctx: &Context, read: &ResourceRead) -> impl Future<Output = Answer<ResourceLeg>> + Send;
    /// One page of prompts.
    fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> impl Future<Output = Answer<PromptPage>> + Send;
    /// Fills in a prompt, or runs one leg of it.
    fn get_prompt(&self, ctx: &Context, get: &PromptGet) -> impl Future<Output = Answer<PromptLeg>> + Send;
    /// Suggests values for an argument.
    fn complete(
        &self,
        ctx: &Context,
        request: &CompletionRequest,
    ) -> impl Future<Output = Answer<CompletionValues>> + Send;
    /// What has changed since a cursor; without one, the cursor of now.
    fn list_changes(&self, ctx: &Context, since: Option<&str>) -> impl Future<Output = Answer<ChangePage>> + Send;
}
