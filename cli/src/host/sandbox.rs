//! One provider component as a [`contract::Provider`]: a new instance for every call.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::model::{Context, McpError};
use contract::{Events, Function};
use tokio::time::timeout_at;
use wasmtime::component::InstancePre;

use super::exports::{Export, Exports};
use super::grant::Grant;
use super::instance::{Failure, Slots, StoreData, TimeBudget, classify, new_store, run_cooperatively};
use super::services::LiveEvents;

/// The interface by which a component emits events while a call runs.
const LIVE: &str = "wasmcp:mcp/live@0.1.0";

/// A provider component, and what its calls may use.
pub(crate) struct Sandbox {
    grant: Arc<Grant>,
    component: InstancePre<StoreData>,
    exports: Exports,
    slots: Slots,
    /// Whether the component can emit events while a call runs: it imports the interface for that.
    imports_live: bool,
}

impl Sandbox {
    pub(crate) fn new(grant: Arc<Grant>, component: InstancePre<StoreData>, exports: Exports, slots: Slots) -> Self {
        let component_type = component.component().component_type();
        let imports_live = component_type.imports(component.engine()).any(|(name, _)| name == LIVE);
        Self { grant, component, exports, slots, imports_live }
    }

    /// Calls one function of the contract in a new instance, within the limits of the component.
    async fn call<F: Function>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        events: &Events,
    ) -> Result<F::Answer, McpError> {
        let Some(function) = self.exports.get::<F>() else { return Err(McpError::NotOffered) };
        let started = Instant::now();
        let (time, own) = self.time(ctx);
        let Some(_slot) = self.slots.take(time).await else {
            return Err(McpError::Unavailable(Some(1000)));
        };
        let deadline = started + time;
        let ctx = self.context_with_deadline(ctx);
        let arguments = F::arguments(&ctx, params);
        let live = self.live_events(&ctx, events);
        // On the heap: every future around it is moved a few times before it runs.
        let run = Box::pin(self.run(&function, deadline, arguments, live));
        let answer = timeout_at(deadline.into(), run_cooperatively(run)).await;
        let failure = match answer {
            Ok(Ok(answer)) => return answer,
            Ok(Err(failure)) => failure,
            Err(_) => Failure::TimedOut,
        };
        Err(failure.report(&self.grant, own))
    }

    async fn run<F: Function>(
        &self,
        function: &Export<F>,
        deadline: Instant,
        arguments: F::Arguments<'_>,
        live: Option<LiveEvents>,
    ) -> Result<Result<F::Answer, McpError>, Failure> {
        let mut store = new_store(self.component.engine(), &self.grant, TimeBudget::Until(deadline));
        store.data_mut().live = live;
        let answer = async {
            let instance = self.component.instantiate_async(&mut store).await?;
            function.of(&mut store, &instance)?.call_async(&mut store, arguments).await
        }
        .await;
        match answer {
            Ok((answer,)) => Ok(answer),
            Err(error) => Err(classify(error, store.data().memory.exhausted)),
        }
    }

    /// The way out for events of a call. A component that never emits one costs nothing here.
    fn live_events(&self, ctx: &Context, events: &Events) -> Option<LiveEvents> {
        let limit = self.grant.limits.result;
        self.imports_live.then(|| LiveEvents::new(ctx.call_id.clone(), events.clone(), limit))
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
    fn context_with_deadline<'a>(&self, ctx: &'a Context) -> Cow<'a, Context> {
        match self.time(ctx) {
            (time, true) => {
                let remaining_ms = u32::try_from(time.as_millis()).unwrap_or(ctx.remaining_ms);
                Cow::Owned(Context { remaining_ms, ..ctx.clone() })
            }
            (_, false) => Cow::Borrowed(ctx),
        }
    }
}

contract::impl_provider!({} Sandbox, call);
