//! One provider behind a link.

use std::sync::Arc;

use catalog::CatalogueSnapshot;
use contract::model::{Context, McpError};
use contract::{Events, Function};
use wire::Decode;

use crate::config::RetryPolicy;
use crate::deadline::{CallDeadlines, Deadline};
use crate::failure::Failure;
use crate::parameters::{Parameters, Purpose};
use crate::remote_call::RemoteCall;
use crate::repeat_check::{AlwaysRepeatable, CurrentAnnotations, RepeatCheck};
use crate::retry::{CallMode, Completed, RetryLoop};
use crate::rpc::{Rpc, RpcError};

/// A provider behind a link.
#[derive(Debug)]
pub(crate) struct RemoteProvider<R> {
    /// The name of the link, which is the name of the provider.
    pub(crate) link: String,
    pub(crate) rpc: Arc<R>,
    pub(crate) deadlines: Arc<CallDeadlines>,
    pub(crate) policy: RetryPolicy,
    /// What all providers offered when the server was composed.
    pub(crate) hints: CatalogueSnapshot,
}

impl<R: Rpc> RemoteProvider<R> {
    /// Calls one function of the provider.
    async fn call<F: Function>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        _events: &Events,
    ) -> Result<F::Answer, McpError>
    where
        F::Answer: Decode,
        for<'p> F::Params<'p>: Parameters,
    {
        let Purpose::Tool(tool) = params.purpose() else {
            return self.read::<F>(ctx, params).await;
        };
        let was_repeatable = self.hints.tool(&self.link, tool).is_some_and(|facts| facts.repeatable);
        let mode = if was_repeatable { CallMode::OneShot } else { CallMode::TwoPhase };
        let check = CurrentAnnotations { provider: self, ctx, tool };
        match self.run::<F, _>(ctx, params, mode, &check).await {
            Ok((answer, _)) => answer,
            Err(failure) => Err(failure.of_tool(&self.link, tool)),
        }
    }

    /// Calls a function that has no effect.
    async fn read<F: Function>(&self, ctx: &Context, params: F::Params<'_>) -> Result<F::Answer, McpError>
    where
        F::Answer: Decode,
        for<'p> F::Params<'p>: Parameters,
    {
        match self.run::<F, _>(ctx, params, CallMode::OneShot, &AlwaysRepeatable).await {
            Ok((answer, _)) => answer,
            Err(failure) => Err(failure.of_repeatable(&self.link)),
        }
    }

    /// Makes attempts until one has a result, and decodes it: the provider's answer, which may be an error of its own. The number is
    /// [`Completed::accept_ms`].
    pub(crate) async fn run<F: Function, C: RepeatCheck>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        mode: CallMode,
        check: &C,
    ) -> Result<(Result<F::Answer, McpError>, u32), Failure>
    where
        F::Answer: Decode,
        for<'p> F::Params<'p>: Parameters,
    {
        let (rpc, policy) = (&*self.rpc, &self.policy);
        let deadline = self.deadlines.of(rpc, ctx);
        let deadline = match params.purpose() {
            Purpose::List => deadline.min(Deadline::after(rpc, policy.list_timeout_ms)),
            Purpose::Read | Purpose::Tool(_) => deadline,
        };
        let call = RemoteCall { rpc, policy, link: &self.link, function: F::NAME, deadline, ctx: Some(ctx), params };
        let Completed { result, accept_ms } = RetryLoop::new(&call, mode, check).run().await?;
        match wire::decode_all(&result) {
            Ok(answer) => Ok((answer, accept_ms)),
            Err(error) => Err(Failure::unknown_outcome(RpcError::Malformed(error))),
        }
    }
}

contract::impl_provider!({ R: Rpc } RemoteProvider<R>, call);
