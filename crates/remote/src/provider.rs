use std::collections::BTreeSet;
use std::sync::Arc;

use catalog::is_repeatable;
use contract::Provider;
use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use wire::{Decode, Encode, Function};

use crate::attempt::{Failure, Target};
use crate::attempts::{Arguments, Asked, Repeatable, Way, ask};
use crate::config::Patience;
use crate::lattice::{Fault, Lattice};
use crate::request::Request;

/// The most pages that are read to find out what one tool says of itself.
const PAGES: u32 = 100;

/// A provider behind a link.
#[derive(Debug)]
pub struct Remote<L> {
    pub(crate) link: String,
    pub(crate) lattice: Arc<L>,
    /// The request that this is part of, with all other providers of the server.
    pub(crate) request: Arc<Request>,
    pub(crate) patience: Patience,
    /// The tools that said, when the server was put together, that they may run twice.
    pub(crate) repeatable: BTreeSet<String>,
}

impl<L: Lattice> Remote<L> {
    /// Asks what may be asked twice.
    async fn read<T: Decode>(
        &self,
        function: Function,
        ctx: &Context,
        total_ms: u32,
        arguments: Arguments<'_>,
    ) -> Result<T, McpError> {
        let repeatable = || -> Repeatable<'_> { Box::pin(std::future::ready(true)) };
        let answer = self.ask(function, ctx, total_ms, Way::Whole, arguments, &repeatable).await;
        answer.unwrap_or_else(|failure| Err(failure.of_repeatable(&self.link)))
    }

    /// Reads one page of a list.
    async fn list<T: Decode>(&self, function: Function, ctx: &Context, cursor: Option<&str>) -> Result<T, McpError> {
        self.read(function, ctx, ctx.remaining_ms.min(self.patience.list_ms), &|out| cursor.encode(out)).await
    }

    /// Asks, and reads the answer.
    async fn ask<'a, T: Decode>(
        &'a self,
        function: Function,
        ctx: &'a Context,
        total_ms: u32,
        first: Way,
        arguments: Arguments<'a>,
        repeatable: &'a (dyn Fn() -> Repeatable<'a> + Sync),
    ) -> Result<Result<T, McpError>, Failure> {
        let target = Target { link: &self.link, function };
        let deadline = self.request.deadline(&*self.lattice, ctx, total_ms);
        let (lattice, patience) = (&*self.lattice, &self.patience);
        let asked = Asked { lattice, patience, target, first, deadline, ctx, arguments, repeatable };
        let answer = ask(&asked).await?;
        wire::decode_all(&answer).map_err(|error| Failure { fault: Fault::Garbled(error), may_have_run: true })
    }

    /// Whether a tool says now that it may run twice. One that cannot be asked does not say so.
    async fn repeats(&self, ctx: &Context, name: &str) -> bool {
        let mut cursor = None;
        for _ in 0..PAGES {
            let Ok(page) = self.list_tools(ctx, cursor.as_deref()).await else { return false };
            if let Some(tool) = page.tools.iter().find(|tool| tool.name == name) {
                return is_repeatable(tool);
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return false;
            }
        }
        false
    }
}

impl<L: Lattice> Provider for Remote<L> {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        self.read(Function::Describe, ctx, ctx.remaining_ms.min(self.patience.list_ms), &|_| {}).await
    }

    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        self.list(Function::ListTools, ctx, cursor).await
    }

    async fn call_tool(&self, ctx: &Context, call: &ToolCall) -> Result<ToolLeg, McpError> {
        let first = if self.repeatable.contains(&call.name) { Way::Whole } else { Way::Careful };
        let repeatable = || -> Repeatable<'_> { Box::pin(self.repeats(ctx, &call.name)) };
        let arguments = |out: &mut Vec<u8>| call.encode(out);
        let answer = self.ask(Function::CallTool, ctx, ctx.remaining_ms, first, &arguments, &repeatable).await;
        self.request.leg_is_over();
        answer.unwrap_or_else(|failure| Err(failure.of_tool(&self.link, &call.name)))
    }

    async fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        self.list(Function::ListResources, ctx, cursor).await
    }

    async fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        self.list(Function::ListTemplates, ctx, cursor).await
    }

    async fn read_resource(&self, ctx: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
        self.read(Function::ReadResource, ctx, ctx.remaining_ms, &|out| read.encode(out)).await
    }

    async fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> Result<PromptPage, McpError> {
        self.list(Function::ListPrompts, ctx, cursor).await
    }

    async fn get_prompt(&self, ctx: &Context, get: &PromptGet) -> Result<PromptLeg, McpError> {
        self.read(Function::GetPrompt, ctx, ctx.remaining_ms, &|out| get.encode(out)).await
    }

    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        self.read(Function::Complete, ctx, ctx.remaining_ms, &|out| request.encode(out)).await
    }

    async fn list_changes(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        self.list(Function::ListChanges, ctx, since).await
    }
}
