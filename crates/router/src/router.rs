//! All configured providers as one, with one deadline for each call.

use std::sync::Arc;

use catalog::Catalog;
use contract::model::{Context, McpError};
use contract::{Events, Function};

use crate::deadline::CallDeadlines;
use crate::remote_provider::RemoteProvider;
use crate::rpc::Rpc;

/// All configured providers as one [`Provider`](contract::Provider). It is made by [`connect`](crate::connect).
#[derive(Debug)]
pub struct Router<R> {
    pub(crate) rpc: Arc<R>,
    /// Shared with the providers of the catalogue.
    pub(crate) deadlines: Arc<CallDeadlines>,
    pub(crate) catalog: Catalog<RemoteProvider<R>>,
}

impl<R: Rpc> Router<R> {
    /// Calls one function of the catalogue. The time of the call begins here.
    #[expect(
        clippy::manual_async_fn,
        reason = "the compiler cannot prove that the future of an async function is `Send` here (rust-lang/rust#100013)"
    )]
    fn call<'a, F: Function>(
        &'a self,
        ctx: &'a Context,
        params: F::Params<'a>,
        events: &'a Events,
    ) -> impl Future<Output = Result<F::Answer, McpError>> + Send {
        async move {
            let _running = self.deadlines.start(&*self.rpc, ctx);
            F::call(&self.catalog, ctx, params, events).await
        }
    }
}

contract::impl_provider!({ R: Rpc } Router<R>, call);
