//! The wasmtime engine: how components are compiled, and the pool that their instances come from.

use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use super::function_cache::FunctionCache;
use super::instance::{TABLE_ELEMENTS, count_tick};

/// The period of the epoch: how often a running component is asked whether it should yield.
const TICK: Duration = Duration::from_millis(2);
/// After this many ticks without a call the ticker goes to sleep.
const IDLE_TICKS: u32 = 50;
/// How often a sleeping ticker checks whether its engine still exists.
const IDLE_CHECK: Duration = Duration::from_secs(1);

/// How many core modules one component may be made of. They are counted, not reserved: components of some languages have some dozens, and
/// a composed file has those of all its components.
pub(crate) const MAX_CORE_INSTANCES: u32 = 256;

/// How much of the pool one call may use. A call of a component that needs more uses the quota of several.
pub(crate) struct PoolQuota {
    pub(crate) memories: u32,
    pub(crate) tables: u32,
}

/// The quota of a provider: most have one memory, and a table or two.
pub(crate) const PROVIDER: PoolQuota = PoolQuota { memories: 2, tables: 6 };
/// The quota of a composed file: a transport, adapters and providers.
pub(crate) const COMPOSED: PoolQuota = PoolQuota { memories: 8, tables: 24 };

/// The most of a memory that stays in place when its call has ended, so that the next one spares its page faults.
const MAX_KEPT_MEMORY: usize = 2 << 20;
/// The part of the memory for all calls that stays in place at most when no call runs.
const KEPT_PART: usize = 8;

/// How much of each memory stays in place: all of them together no more than a part of the memory for all calls.
fn kept_memory(memories: u32, all: usize) -> usize {
    let each = all / KEPT_PART / usize::try_from(memories).unwrap_or(usize::MAX).max(1);
    // Whole pages.
    each.min(MAX_KEPT_MEMORY) & !0xffff
}

/// Makes an engine whose pool has the quota of `calls` calls, which may use `memory` bytes together. With a cache of functions it compiles none
/// that is there.
pub(crate) fn engine(
    quota: &PoolQuota,
    calls: u32,
    memory: usize,
    functions: Option<FunctionCache>,
) -> wasmtime::Result<Engine> {
    let memories = calls.saturating_mul(quota.memories.saturating_add(1));
    let mut pool = PoolingAllocationConfig::new();
    // A component takes of everything at most what its own calls have, so that none has a share of another's.
    pool.total_component_instances(calls)
        .max_core_instances_per_component(MAX_CORE_INSTANCES)
        .total_core_instances(calls.saturating_mul(MAX_CORE_INSTANCES))
        // A component of a language with a garbage collector takes one more, for the heap of its collector.
        .total_memories(memories)
        .total_tables(calls.saturating_mul(quota.tables))
        .total_stacks(calls)
        .total_gc_heaps(calls)
        .table_elements(TABLE_ELEMENTS)
        .max_tables_per_module(4)
        .max_memories_per_module(2)
        // Linux (6.7) finds the pages that a call wrote, and only these are reset: by copying, as long as they are few, which
        // spares the next call its page faults.
        .pagemap_scan(Enabled::Auto)
        .linear_memory_keep_resident(kept_memory(memories, memory))
        .table_keep_resident(64 << 10)
        .async_stack_keep_resident(64 << 10);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        // wasmtime 49 has it by default. Signatures are three to five times as fast in components that are built for it.
        .wasm_wide_arithmetic(true)
        // The contract has no streams or futures, and without their bookkeeping a call costs less.
        .concurrency_support(false);
    if let Some(functions) = functions {
        config.enable_incremental_compilation(Arc::new(functions))?;
    }
    Engine::new(&config)
}

/// A thread that increments the engine's epoch, so that a component that only computes is interrupted. It sleeps while no call runs.
pub(crate) struct Ticker {
    calls: Arc<AtomicUsize>,
    thread: Thread,
    /// How many threads of this process run at once.
    cores: usize,
}

/// A running call, during which the ticker stays awake.
pub(crate) struct Running<'a>(&'a AtomicUsize);

impl Ticker {
    /// Starts the ticker of an engine. It ends with the engine.
    pub(crate) fn start(engine: &Engine) -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let (engine, running) = (engine.weak(), calls.clone());
        let tick = move || {
            let mut idle = 0_u32;
            while let Some(engine) = engine.upgrade() {
                count_tick();
                engine.increment_epoch();
                drop(engine);
                idle = if running.load(Ordering::Acquire) == 0 { idle.saturating_add(1) } else { 0 };
                if idle < IDLE_TICKS { thread::sleep(TICK) } else { thread::park_timeout(IDLE_CHECK) }
            }
        };
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self { calls, thread: thread::spawn(tick).thread().clone(), cores }
    }

    /// Whether the calls that run leave a core free once one of them has ended.
    pub(crate) fn leaves_a_core(&self) -> bool {
        self.calls.load(Ordering::Relaxed) <= self.cores
    }

    /// Keeps the ticker awake until the returned value is dropped.
    pub(crate) fn running(&self) -> Running<'_> {
        if self.calls.fetch_add(1, Ordering::AcqRel) == 0 {
            self.thread.unpark(); // this is no system call unless the ticker sleeps
        }
        Running(&self.calls)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_that_is_built_for_wide_arithmetic_compiles() {
        let module = wat::parse_str(
            "(module (func (export \"add\") (param i64 i64 i64 i64) (result i64 i64)
                local.get 0 local.get 1 local.get 2 local.get 3 i64.add128))",
        );
        let engine = engine(&PROVIDER, 1, 64 << 20, None).expect("an engine");
        wasmtime::Module::new(&engine, module.expect("a module")).expect("it compiles");
    }

    #[test]
    fn what_stays_in_place_is_a_part_of_the_memory_for_all_calls() {
        for (memories, all, each) in
            [(768, 64 << 30, MAX_KEPT_MEMORY), (768, 8 << 30, 1_376_256), (768, 1 << 20, 0), (0, 1 << 20, 128 << 10)]
        {
            let kept = kept_memory(memories, all);
            assert_eq!(kept, each, "{memories} {all}");
            assert!(kept * usize::try_from(memories).expect("small") <= all / KEPT_PART, "{memories} {all}");
        }
    }
}
