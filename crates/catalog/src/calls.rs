//! Calls, each to the owner of its name.

use contract::model::{
    CompletionRef, CompletionRequest, CompletionValues, Context, ErrorDetail, McpError, PromptGet, PromptLeg,
    ResourceLeg, ResourceRead, ToolCall, ToolLeg,
};
use contract::{Events, Provider};

use crate::catalog::{Catalog, Part};

impl<P: Provider> Catalog<P> {
    pub(crate) async fn call_owner(
        &self,
        ctx: &Context,
        call: &ToolCall,
        events: &Events,
    ) -> Result<ToolLeg, McpError> {
        let owner = self.owner_of_tool(ctx, &call.name).await?;
        let answer = match renamed(owner, &call.name) {
            None => owner.provider.call_tool(ctx, call, events).await,
            Some(name) => owner.provider.call_tool(ctx, &ToolCall { name, ..call.clone() }, events).await,
        };
        answer.map_err(|error| as_called(error, &call.name))
    }

    pub(crate) async fn get_from_owner(
        &self,
        ctx: &Context,
        get: &PromptGet,
        events: &Events,
    ) -> Result<PromptLeg, McpError> {
        let owner = self.owner_of_prompt(ctx, &get.name).await?;
        let answer = match renamed(owner, &get.name) {
            None => owner.provider.get_prompt(ctx, get, events).await,
            Some(name) => owner.provider.get_prompt(ctx, &PromptGet { name, ..get.clone() }, events).await,
        };
        answer.map_err(|error| as_called(error, &get.name))
    }

    pub(crate) async fn read_owner(
        &self,
        ctx: &Context,
        read: &ResourceRead,
        events: &Events,
    ) -> Result<ResourceLeg, McpError> {
        self.owner_of_uri(ctx, &read.uri).await?.provider.read_resource(ctx, read, events).await
    }

    pub(crate) async fn complete_by_owner(
        &self,
        ctx: &Context,
        request: &CompletionRequest,
    ) -> Result<CompletionValues, McpError> {
        let mut completing = self.parts.iter().filter(|part| part.route.offered.completion);
        let only = completing.next().ok_or(McpError::NotOffered)?;
        let several = completing.next().is_some();
        let (owner, name) = match &request.ref_ {
            CompletionRef::Prompt(name) => (self.owner_of_prompt(ctx, name).await?, Some(name)),
            CompletionRef::ResourceTemplate(template) => (self.owner_of_template(ctx, template).await?, None),
            CompletionRef::Unnamed(_) if !several => (only, None),
            CompletionRef::Unnamed(_) => {
                let message = "what is to be completed is neither a prompt nor a resource".to_owned();
                return Err(McpError::InvalidParams(ErrorDetail { message, data: None }));
            }
        };
        if !owner.route.offered.completion {
            // Another member completes; this one has no suggestion.
            return Ok(CompletionValues { values: Vec::new(), total: None, has_more: None, extra: None });
        }
        let Some(name) = name else { return owner.provider.complete(ctx, request).await };
        let answer = match renamed(owner, name) {
            None => owner.provider.complete(ctx, request).await,
            Some(own) => {
                let request = CompletionRequest { ref_: CompletionRef::Prompt(own), ..request.clone() };
                owner.provider.complete(ctx, &request).await
            }
        };
        answer.map_err(|error| as_called(error, name))
    }
}

/// What the owner itself calls it, where that differs.
fn renamed<P>(owner: &Part<P>, name: &str) -> Option<String> {
    owner.route.prefix.as_ref()?;
    owner.route.own_name(name).map(str::to_owned)
}

/// An error that names what was called names it as the caller does.
fn as_called(error: McpError, name: &str) -> McpError {
    match error {
        McpError::UnknownName(_) => McpError::UnknownName(name.to_owned()),
        error => error,
    }
}
