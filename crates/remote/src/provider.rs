use std::collections::BTreeSet;
use std::sync::Arc;

use catalog::is_repeatable;
use contract::model::{CompletionRequest, Context, McpError, PromptGet, ResourceRead, ToolCall};
use contract::{Events, Function, FunctionName, Provider};
use wire::{Decode, Encode};

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
    /// Calls one function of the provider, in the way that its effect allows: a tool that may not run twice is called in two phases.
    #[expect(
        clippy::manual_async_fn,
        reason = "the future of a call asks for lists by calls, so that it has to be told to be `Send`"
    )]
    fn call<'a, F: Function>(
        &'a self,
        ctx: &'a Context,
        params: F::Params<'a>,
        _events: &Events,
    ) -> impl Future<Output = Result<F::Answer, McpError>> + Send + 'a
    where
        F::Answer: Decode,
        for<'b> F::Params<'b>: Parameters,
    {
        async move {
            let put = |out: &mut Vec<u8>| params.put(out);
            let Some(tool) = params.tool() else {
                let total_ms = match params.is_list() {
                    true => ctx.remaining_ms.min(self.patience.list_ms),
                    false => ctx.remaining_ms,
                };
                let repeatable = || -> Repeatable<'_> { Box::pin(std::future::ready(true)) };
                let answer = self.ask(F::NAME, ctx, total_ms, Way::Whole, &put, &repeatable).await;
                return answer.unwrap_or_else(|failure| Err(failure.of_repeatable(&self.link)));
            };
            let first = if self.repeatable.contains(tool) { Way::Whole } else { Way::Careful };
            let repeatable = || -> Repeatable<'_> { Box::pin(self.repeats(ctx, tool)) };
            let answer = self.ask(F::NAME, ctx, ctx.remaining_ms, first, &put, &repeatable).await;
            self.request.leg_is_over();
            answer.unwrap_or_else(|failure| Err(failure.of_tool(&self.link, tool)))
        }
    }

    /// Asks, and reads the answer.
    async fn ask<'a, T: Decode>(
        &'a self,
        function: FunctionName,
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

contract::impl_provider!({ L: Lattice } Remote<L>, call);

/// The parameters of a function after its context.
pub(crate) trait Parameters: Copy + Send + Sync {
    /// Writes their bytes.
    fn put(self, out: &mut Vec<u8>);

    /// The tool that the function runs, if it runs one: only that may have an effect.
    fn tool(&self) -> Option<&str> {
        None
    }

    /// Whether the function lists something, for which a provider has less time.
    fn is_list(&self) -> bool {
        false
    }
}

impl Parameters for () {
    fn put(self, _out: &mut Vec<u8>) {}

    fn is_list(&self) -> bool {
        true
    }
}

impl Parameters for Option<&str> {
    fn put(self, out: &mut Vec<u8>) {
        self.encode(out);
    }

    fn is_list(&self) -> bool {
        true
    }
}

impl Parameters for &ToolCall {
    fn put(self, out: &mut Vec<u8>) {
        self.encode(out);
    }

    fn tool(&self) -> Option<&str> {
        Some(&self.name)
    }
}

impl Parameters for &ResourceRead {
    fn put(self, out: &mut Vec<u8>) {
        self.encode(out);
    }
}

impl Parameters for &PromptGet {
    fn put(self, out: &mut Vec<u8>) {
        self.encode(out);
    }
}

impl Parameters for &CompletionRequest {
    fn put(self, out: &mut Vec<u8>) {
        self.encode(out);
    }
}
