//! The wasmtime store of one call: its data, its WASI context, its limits and its time budget.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::fairness::should_yield;
use super::limits::Memory;
use crate::host::egress::EgressHooks;
use crate::host::engine::TICK;
use crate::host::grant::Grant;
use crate::host::services::LiveEvents;
use crate::host::stdio::Stdio;

/// How many handles of resources (streams, requests, timers) a call may hold at once.
const MAX_HANDLES: usize = 1000;

/// The data of one call's store.
pub(crate) struct StoreData {
    pub(crate) grant: Arc<Grant>,
    pub(crate) memory: Memory,
    /// When the call is over, waiting included. `None` for a call whose waiting does not count.
    pub(crate) deadline: Option<Instant>,
    /// The way out for events, where the component imports `wasmcp:mcp/live`.
    pub(crate) live: Option<LiveEvents>,
    /// The WASI context, made when the component first uses WASI: most calls of most tools never do.
    wasi: Option<Box<Wasi>>,
}

struct Wasi {
    context: WasiCtx,
    http: WasiHttpCtx,
    egress: EgressHooks,
    table: ResourceTable,
}

impl StoreData {
    fn wasi(&mut self) -> &mut Wasi {
        self.wasi.get_or_insert_with(|| Box::new(Wasi::new(&self.grant)))
    }
}

impl Wasi {
    /// A context without arguments, files and sockets, with an empty input; the environment is the granted one.
    fn new(grant: &Arc<Grant>) -> Self {
        let output = Stdio::new(grant.clone());
        let mut context = WasiCtx::builder();
        context
            .envs(&grant.environment)
            .stdout(output.clone())
            .stderr(output)
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .allow_blocking_current_thread(false)
            .max_random_size(1 << 20);
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_HANDLES);
        Self { context: context.build(), http: WasiHttpCtx::new(), egress: EgressHooks::new(grant.clone()), table }
    }
}

impl WasiView for StoreData {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self.wasi();
        WasiCtxView { ctx: &mut wasi.context, table: &mut wasi.table }
    }
}

impl WasiHttpView for StoreData {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let wasi = self.wasi();
        WasiHttpCtxView { hooks: &mut wasi.egress, table: &mut wasi.table, ctx: &mut wasi.http }
    }
}

/// How long a call may run.
#[derive(Clone, Copy)]
pub(crate) enum TimeBudget {
    /// The call may run until this moment, waiting included.
    Until(Instant),
    /// The call may compute for this long; waiting does not count.
    Computing(Duration),
}

/// Makes the store for one call, with the limits of its component. The call yields to others when it computes for long, and traps
/// when its time budget is used up.
pub(crate) fn new_store(engine: &Engine, grant: &Arc<Grant>, budget: TimeBudget) -> Store<StoreData> {
    let limits = grant.limits;
    let deadline = match budget {
        TimeBudget::Until(deadline) => Some(deadline),
        TimeBudget::Computing(_) => None,
    };
    let memory = Memory::new(limits.memory);
    let mut store = Store::new(engine, StoreData { grant: grant.clone(), memory, deadline, live: None, wasi: None });
    store.limiter(|data| &mut data.memory);
    // The fuel counts what the host allocates for each value that crosses: a list of a million strings that all point at the same
    // megabyte stops here, before the host has copied them.
    store.set_hostcall_fuel(limits.result);
    store.set_max_component_handles(MAX_HANDLES);
    store.set_epoch_deadline(1);
    let mut computed = Duration::ZERO;
    store.epoch_deadline_callback(move |_| {
        let yields = should_yield();
        let is_over = match budget {
            TimeBudget::Until(deadline) => Instant::now() >= deadline,
            TimeBudget::Computing(limit) => {
                // A call that computes yields at every second tick.
                computed = computed.saturating_add(if yields { TICK * 2 } else { Duration::ZERO });
                computed >= limit
            }
        };
        Ok(match (is_over, yields) {
            (true, _) => UpdateDeadline::Interrupt,
            (false, true) => UpdateDeadline::Yield(1),
            (false, false) => UpdateDeadline::Continue(1),
        })
    });
    store
}
