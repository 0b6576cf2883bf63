//! The wasmtime store of one call: its data and its WASI context, under its limits and its time budget.

use std::sync::Arc;
use std::time::Instant;

use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::memory_budget::MemoryReservation;
use super::memory_limit::Memory;
use super::time_limit::TimeLimit;
use crate::host::egress::EgressHooks;
use crate::host::grant::Grant;
use crate::host::services::LiveEvents;
use crate::host::stdio::Stdio;

/// How many handles of resources (streams, requests, timers) a call may hold at once. Behind each the host holds up to some tens of
/// kilobytes. A composed file that sends 64 requests at once, the most of `http.send`, needs about 256.
const MAX_HANDLES: usize = 512;
/// How many bytes count for each handle once a call makes messages of `wasi:http`, or headers for them. A message with the longest parts
/// and two pieces of its body takes about twice as much, and more than one handle, until it is sent.
const HANDLE_BYTES: usize = 64 << 10;
/// How many bytes the headers of one message may have, counted with what the host needs to hold them.
const MAX_FIELDS_BYTES: usize = 32 << 10;
/// How many random bytes a component may ask for at once: as many as a page in a browser (Web Cryptography, `getRandomValues`). Each is
/// drawn by itself, and nothing interrupts that.
const MAX_RANDOM_BYTES: u64 = 64 << 10;

/// The data of one call's store.
pub(crate) struct StoreData {
    pub(crate) grant: Arc<Grant>,
    pub(crate) memory: Memory,
    /// When the call is over, waiting included. `None` for a call whose waiting does not count.
    pub(crate) deadline: Option<Instant>,
    /// The id of the request that the call is for, where it is known.
    pub(crate) request: Option<Arc<str>>,
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
    output: Stdio,
}

impl StoreData {
    fn wasi(&mut self) -> &mut Wasi {
        self.wasi.get_or_insert_with(|| Box::new(Wasi::new(&self.grant, self.request.clone())))
    }

    /// The call that the instance serves. A prepared instance may have used WASI before.
    pub(crate) fn serve(&mut self, request: Arc<str>, live: Option<LiveEvents>) {
        if let Some(wasi) = &mut self.wasi {
            wasi.output.serve(Arc::clone(&request));
            wasi.egress.serve(Arc::clone(&request));
        }
        (self.request, self.live) = (Some(request), live);
    }

    /// Counts what the host holds for the handles of the call. `false` if it may hold no more.
    pub(crate) fn count_handles(&mut self) -> bool {
        let handles = self.wasi().table.iter_mut().count();
        self.memory.hold_handles(handles.saturating_mul(HANDLE_BYTES))
    }

    /// The last line that the component has printed in this call.
    pub(crate) fn last_line(&self) -> Option<String> {
        self.wasi.as_ref().and_then(|wasi| wasi.output.last_line())
    }
}

impl Wasi {
    /// A context without arguments, files and sockets, with an empty input; the environment is the granted one.
    fn new(grant: &Arc<Grant>, request: Option<Arc<str>>) -> Self {
        let output = Stdio::new(grant.clone(), request.clone());
        let mut context = WasiCtx::builder();
        context
            .envs(&grant.environment)
            .stdout(output.clone())
            .stderr(output.clone())
            .allow_tcp(false)
            .allow_udp(false)
            .allow_ip_name_lookup(false)
            .allow_blocking_current_thread(false)
            .max_random_size(MAX_RANDOM_BYTES);
        let mut table = ResourceTable::new();
        table.set_max_capacity(MAX_HANDLES);
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(MAX_FIELDS_BYTES);
        let egress = EgressHooks::new(grant.clone(), request);
        Self { context: context.build(), http, egress, table, output }
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

/// Gives a store that was made before its call the time of the call, and what it may pass to the host.
pub(crate) fn begin_call(store: &mut Store<StoreData>, budget: TimeLimit) {
    store.data_mut().deadline = budget.deadline();
    let limits = store.data().grant.limits;
    limits.set_result_limit(store);
    budget.start(store);
}

/// Makes the store for one call, with the limits of its component. The call yields to others when it computes for long, and traps
/// when its time budget is used up.
pub(crate) fn new_store(
    engine: &Engine,
    grant: &Arc<Grant>,
    budget: TimeLimit,
    memory: MemoryReservation,
) -> Store<StoreData> {
    let limits = grant.limits;
    let memory = Memory::new(limits.memory, memory);
    let deadline = budget.deadline();
    let data = StoreData { grant: grant.clone(), memory, deadline, request: None, live: None, wasi: None };
    let mut store = Store::new(engine, data);
    store.limiter(|data| &mut data.memory);
    store.set_max_component_handles(MAX_HANDLES);
    limits.set_result_limit(&mut store);
    budget.start(&mut store);
    store
}
