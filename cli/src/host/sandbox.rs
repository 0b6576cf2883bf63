//! One provider component as a [`Provider`]: a new instance for every call.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::Provider;
use contract::model::{
    ChangePage, CompletionRequest, CompletionValues, Context, McpError, PromptGet, PromptLeg, PromptPage, ProviderInfo,
    ResourceLeg, ResourcePage, ResourceRead, ResourceTemplatePage, ToolCall, ToolLeg, ToolPage,
};
use tokio::time::timeout_at;
use wasmtime::component::InstancePre;

use super::exports::{Exports, Function, Signature};
use super::grant::Grant;
use super::instance::{Failure, Slots, StoreData, TimeBudget, classify, new_store, run_cooperatively};

/// A provider component, and what its calls may use.
pub(crate) struct Sandbox {
    grant: Arc<Grant>,
    component: InstancePre<StoreData>,
    exports: Exports,
    slots: Slots,
}

impl Sandbox {
    pub(crate) fn new(grant: Arc<Grant>, component: InstancePre<StoreData>, exports: Exports, slots: Slots) -> Self {
        Self { grant, component, exports, slots }
    }

    /// Calls one function of the contract in a new instance, within the limits of the component.
    async fn call<S: Signature>(
        &self,
        function: Option<&Function<S>>,
        ctx: &Context,
        params: S::Params<'_>,
    ) -> Result<S::Answer, McpError> {
        let Some(function) = function else { return Err(McpError::NotOffered) };
        let started = Instant::now();
        let (time, own) = self.time(ctx);
        let Some(_slot) = self.slots.take(time).await else {
            return Err(McpError::Unavailable(Some(1000)));
        };
        let deadline = started + time;
        // On the heap: every future around it is moved a few times before it runs.
        let run = Box::pin(self.run(function, deadline, params));
        let answer = timeout_at(deadline.into(), run_cooperatively(run)).await;
        let failure = match answer {
            Ok(Ok(answer)) => return answer,
            Ok(Err(failure)) => failure,
            Err(_) => Failure::TimedOut,
        };
        Err(failure.report(&self.grant, own))
    }

    async fn run<S: Signature>(
        &self,
        function: &Function<S>,
        deadline: Instant,
        params: S::Params<'_>,
    ) -> Result<Result<S::Answer, McpError>, Failure> {
        let mut store = new_store(self.component.engine(), &self.grant, TimeBudget::Until(deadline));
        let answer = async {
            let instance = self.component.instantiate_async(&mut store).await?;
            function.of(&mut store, &instance)?.call_async(&mut store, params).await
        }
        .await;
        match answer {
            Ok((answer,)) => Ok(answer),
            Err(error) => Err(classify(error, store.data().memory.exhausted)),
        }
    }

    /// How long a call may take, and whether it is this component's limit that says so.
    fn time(&self, ctx: &Context) -> (Duration, bool) {
        let remaining = Duration::from_millis(ctx.remaining_ms.into());
        match self.grant.limits.time < remaining {
            true => (self.grant.limits.time, true),
            false => (remaining, false),
        }
    }

    /// The context with the time that is really left.
    fn told<'a>(&self, ctx: &'a Context) -> Cow<'a, Context> {
        match self.time(ctx) {
            (time, true) => {
                let remaining_ms = u32::try_from(time.as_millis()).unwrap_or(ctx.remaining_ms);
                Cow::Owned(Context { remaining_ms, ..ctx.clone() })
            }
            (_, false) => Cow::Borrowed(ctx),
        }
    }
}

impl Provider for Sandbox {
    async fn describe(&self, ctx: &Context) -> Result<ProviderInfo, McpError> {
        let told = self.told(ctx);
        self.call(Some(&self.exports.describe), ctx, (&*told,)).await
    }

    async fn list_tools(&self, ctx: &Context, cursor: Option<&str>) -> Result<ToolPage, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.list_tools.as_ref(), ctx, (&*told, cursor)).await
    }

    async fn call_tool(&self, ctx: &Context, call: &ToolCall) -> Result<ToolLeg, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.call_tool.as_ref(), ctx, (&*told, call)).await
    }

    async fn list_resources(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourcePage, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.list_resources.as_ref(), ctx, (&*told, cursor)).await
    }

    async fn list_templates(&self, ctx: &Context, cursor: Option<&str>) -> Result<ResourceTemplatePage, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.list_templates.as_ref(), ctx, (&*told, cursor)).await
    }

    async fn read_resource(&self, ctx: &Context, read: &ResourceRead) -> Result<ResourceLeg, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.read_resource.as_ref(), ctx, (&*told, read)).await
    }

    async fn list_prompts(&self, ctx: &Context, cursor: Option<&str>) -> Result<PromptPage, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.list_prompts.as_ref(), ctx, (&*told, cursor)).await
    }

    async fn get_prompt(&self, ctx: &Context, get: &PromptGet) -> Result<PromptLeg, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.get_prompt.as_ref(), ctx, (&*told, get)).await
    }

    async fn complete(&self, ctx: &Context, request: &CompletionRequest) -> Result<CompletionValues, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.complete.as_ref(), ctx, (&*told, request)).await
    }

    async fn list_changes(&self, ctx: &Context, since: Option<&str>) -> Result<ChangePage, McpError> {
        let told = self.told(ctx);
        self.call(self.exports.list_changes.as_ref(), ctx, (&*told, since)).await
    }
}
