//! One provider component as a [`contract::Provider`]: an instance of its own for every call.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contract::model::{Context, McpError};
use contract::{Events, Function};
use tokio::time::timeout_at;
use wasmtime::Store;
use wasmtime::component::InstancePre;

use super::exports::{Export, Exports};
use super::grant::Grant;
use super::instance::{Failure, Slot, Slots, StoreData, TimeLimit, begin_call, classify, new_store, run_cooperatively};
use super::prepared::{PreparedInstance, PreparedInstances};
use super::services::LiveEvents;

/// The interface by which a component emits events while a call runs.
const LIVE: &str = "wasmcp:mcp/live@0.1.0";

/// A provider component, and what its calls may use.
pub(crate) struct Sandbox {
    grant: Arc<Grant>,
    component: InstancePre<StoreData>,
    exports: Exports,
    slots: Slots,
    prepared: Arc<PreparedInstances>,
    /// Whether the component can emit events while a call runs: it imports the interface for that.
    imports_live: bool,
}

impl Sandbox {
    pub(crate) fn new(
        grant: Arc<Grant>,
        component: InstancePre<StoreData>,
        exports: Exports,
        slots: Slots,
        prepared: Arc<PreparedInstances>,
    ) -> Self {
        let component_type = component.component().component_type();
        let imports_live = component_type.imports(component.engine()).any(|(name, _)| name == LIVE);
        Self { grant, component, exports, slots, prepared, imports_live }
    }

    /// Calls one function of the contract in an instance of its own, within the limits of the component.
    async fn call<F: Function>(
        &self,
        ctx: &Context,
        params: F::Params<'_>,
        events: &Events,
    ) -> Result<F::Answer, McpError> {
        let Some(function) = self.exports.get::<F>() else { return Err(McpError::NotOffered) };
        let started = Instant::now();
        let (time, own) = self.time(ctx);
        let Some((mut slot, prepared)) = self.slots.take(time, || self.prepared.take()).await else {
            return Err(McpError::Unavailable(Some(1000)));
        };
        let deadline = started + time;
        let ctx = with_time_left(ctx, deadline.saturating_duration_since(Instant::now()));
        let arguments = F::arguments(&ctx, params);
        let live = self.live_events(&ctx, events);
        // On the heap: every future around it is moved a few times before it runs.
        let call = CallData { deadline, request: ctx.call_id.as_str().into(), live };
        let run = Box::pin(self.run(&function, call, arguments, prepared, &mut slot));
        let answer = timeout_at(deadline.into(), run_cooperatively(run, &self.grant.history)).await;
        let (failure, last_line) = match answer {
            Ok(Ok((answer, ended))) => {
                // What the call used is given back before its slot is free.
                drop(ended);
                self.prepared.prepare_another();
                drop(slot);
                return answer;
            }
            Ok(Err(failed)) => failed,
            Err(_) => (Failure::TimedOut, None),
        };
        Err(failure.report(&self.grant, own, Some(&ctx.call_id), last_line))
    }

    /// The answer comes with what the call used. A failure comes with the last line that the component printed.
    async fn run<F: Function>(
        &self,
        function: &Export<F>,
        call: CallData,
        arguments: F::Arguments<'_>,
        prepared: Option<PreparedInstance>,
        slot: &mut Slot<'_>,
    ) -> Result<(Result<F::Answer, McpError>, Store<StoreData>), (Failure, Option<String>)> {
        let CallData { deadline, request, live } = call;
        let time = TimeLimit::Until(deadline);
        let (mut store, started) = match prepared {
            Some(PreparedInstance { mut store, instance }) => {
                begin_call(&mut store, time);
                (store, Some(instance))
            }
            None => (new_store(self.component.engine(), &self.grant, time, slot.take_memory()), None),
        };
        store.data_mut().serve(request, live);
        let answer = async {
            let instance = match started {
                Some(instance) => instance,
                None => {
                    let instance = self.component.instantiate_async(&mut store).await?;
                    slot.started_with(store.data().memory.used());
                    instance
                }
            };
            function.of(&mut store, &instance)?.call_async(&mut store, arguments).await
        }
        .await;
        match answer {
            Ok((answer,)) => Ok((answer, store)),
            Err(error) => Err((classify(error, store.data().memory.shortage), store.data().last_line())),
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
}

/// What a call brings to its instance.
struct CallData {
    deadline: Instant,
    /// The id of the request.
    request: Arc<str>,
    live: Option<LiveEvents>,
}

/// The context with the time that is really left, in whole milliseconds, the last one included: a call that did not wait has all of
/// its time, and needs no copy.
fn with_time_left(ctx: &Context, left: Duration) -> Cow<'_, Context> {
    match u32::try_from(left.as_micros().div_ceil(1000)) {
        Ok(remaining_ms) if remaining_ms < ctx.remaining_ms => Cow::Owned(Context { remaining_ms, ..ctx.clone() }),
        _ => Cow::Borrowed(ctx),
    }
}

contract::impl_provider!({} Sandbox, call);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_learns_the_time_that_is_left_after_waiting_and_only_a_context_that_changes_is_copied() {
        for (left_us, expected, is_copied) in [
            (1_000_000, 1000, false),
            (999_001, 1000, false),
            (999_000, 999, true),
            (400_500, 401, true),
            (1, 1, true),
            (0, 0, true),
            (u64::MAX, 1000, false),
        ] {
            let ctx = Context::internal("call".to_owned(), 1000);
            let told = with_time_left(&ctx, Duration::from_micros(left_us));
            assert_eq!((told.remaining_ms, matches!(told, Cow::Owned(_))), (expected, is_copied), "{left_us}");
        }
    }
}
