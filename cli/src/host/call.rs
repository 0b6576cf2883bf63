//! What one call of a component has in the host: the data of its store.

use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::ResourceTable;
use wasmtime::{Engine, Store, UpdateDeadline};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use super::engine::TICK;
use super::grant::Grant;
use super::limits::Memory;
use super::manners;
use super::outgoing::Outgoing;
use super::output::Output;

/// How many handles a call may hold at once: streams, requests, timers.
const HANDLES: usize = 1000;

/// The data of one call's store.
pub(crate) struct Call {
    pub(crate) grant: Arc<Grant>,
    pub(crate) memory: Memory,
    /// Made when the component first uses WASI: most calls of most tools never do.
    wasi: Option<Box<Wasi>>,
}

struct Wasi {
    context: WasiCtx,
    http: WasiHttpCtx,
    outgoing: Outgoing,
    table: ResourceTable,
}

impl Call {
    fn wasi(&mut self) -> &mut Wasi {
        self.wasi.get_or_insert_with(|| Box::new(Wasi::new(&self.grant)))
    }
}

impl Wasi {
    /// No arguments, no files, no sockets, an empty input; the environment is the granted one.
    fn new(grant: &Arc<Grant>) -> Self {
        let output = Output::new(grant.clone());
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
        table.set_max_capacity(HANDLES);
        Self { context: context.build(), http: WasiHttpCtx::new(), outgoing: Outgoing::new(grant.clone()), table }
    }
}

impl WasiView for Call {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        let wasi = self.wasi();
        WasiCtxView { ctx: &mut wasi.context, table: &mut wasi.table }
    }
}

impl WasiHttpView for Call {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        let wasi = self.wasi();
        WasiHttpCtxView { hooks: &mut wasi.outgoing, table: &mut wasi.table, ctx: &mut wasi.http }
    }
}

/// How long a call may go on.
#[derive(Clone, Copy)]
pub(crate) enum Allowance {
    /// Until then.
    Until(Instant),
    /// For as long as it does not compute more than this.
    Computing(Duration),
}

/// A store for one call, held to the limits of its component. The call gives way to others when it computes for long,
/// and traps when its allowance is used up.
pub(crate) fn store(engine: &Engine, grant: &Arc<Grant>, allowance: Allowance) -> Store<Call> {
    let limits = grant.limits;
    let mut store = Store::new(engine, Call { grant: grant.clone(), memory: Memory::new(limits.memory), wasi: None });
    store.limiter(|call| &mut call.memory);
    // Counts what is made on the host for each value that crosses: a list of a million strings that are all the same
    // megabyte stops here, not when the host has copied them.
    store.set_hostcall_fuel(limits.result);
    store.set_max_component_handles(HANDLES);
    store.set_epoch_deadline(1);
    let mut computed = Duration::ZERO;
    store.epoch_deadline_callback(move |_| {
        let gives_way = manners::must_give_way();
        let over = match allowance {
            Allowance::Until(deadline) => Instant::now() >= deadline,
            Allowance::Computing(most) => {
                // It gives way after every second tick.
                computed = computed.saturating_add(if gives_way { TICK * 2 } else { Duration::ZERO });
                computed >= most
            }
        };
        Ok(match (over, gives_way) {
            (true, _) => UpdateDeadline::Interrupt,
            (false, true) => UpdateDeadline::Yield(1),
            (false, false) => UpdateDeadline::Continue(1),
        })
    });
    store
}
