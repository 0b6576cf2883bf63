//! The wasmtime engine: how components are compiled, and the pool that their instances come from.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

use wasmtime::{Cache, CacheConfig, Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

use super::limits::TABLE_ELEMENTS;
use super::manners;

/// How often a running component gives way to others.
pub(crate) const TICK: Duration = Duration::from_millis(2);
/// After so many ticks without a call the ticker sleeps, and looks up this often.
const IDLE_TICKS: u32 = 50;
const IDLE_CHECK: Duration = Duration::from_secs(1);

/// The share of the pool that one call has. A component that needs more takes the share of several.
pub(crate) struct Share {
    pub(crate) memories: u32,
    pub(crate) tables: u32,
}

/// Of providers, which are many components: mostly one memory, and a table or two.
pub(crate) const PROVIDER: Share = Share { memories: 2, tables: 6 };
/// Of a composed file: a transport, adapters and providers.
pub(crate) const COMPOSED: Share = Share { memories: 8, tables: 24 };

/// An engine whose pool has room for `calls` calls at once.
pub(crate) fn engine(share: &Share, calls: u32, cache: Option<Cache>) -> wasmtime::Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(calls.saturating_mul(share.memories))
        // Counted, not reserved: components of some languages have a dozen modules.
        .total_core_instances(calls.saturating_mul(share.memories).saturating_mul(32))
        .total_memories(calls.saturating_mul(share.memories))
        .total_tables(calls.saturating_mul(share.tables))
        .total_stacks(calls)
        .total_gc_heaps(calls)
        .table_elements(TABLE_ELEMENTS)
        .max_tables_per_module(4)
        .max_memories_per_module(2)
        // The system finds the pages that a call wrote (Linux 6.7), and only these are set back: by copying, as
        // long as they are few, which spares the next call its page faults.
        .pagemap_scan(Enabled::Auto)
        .linear_memory_keep_resident(2 << 20)
        .table_keep_resident(64 << 10)
        .async_stack_keep_resident(64 << 10);
    let mut config = Config::new();
    config
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .epoch_interruption(true)
        // The contract has no streams or futures; without their bookkeeping a call costs less.
        .concurrency_support(false);
    config.cache(cache);
    Engine::new(&config)
}

/// A cache of compiled components in a folder, which is an absolute path.
pub(crate) fn open_cache(directory: &Path) -> wasmtime::Result<Cache> {
    let mut settings = CacheConfig::new();
    // A folder of its own: wasmtime's cache deletes whatever it does not know, down to the third level of its folder.
    settings.with_directory(directory.join("compiled"));
    Cache::new(settings)
}

/// Moves the engine's epoch on, so that a component that only computes is interrupted. It sleeps while nothing is called.
pub(crate) struct Ticker {
    calls: Arc<AtomicUsize>,
    thread: Thread,
}

/// A call that the ticker must not sleep through.
pub(crate) struct Running<'a>(&'a AtomicUsize);

impl Ticker {
    /// Starts the ticker of an engine. It ends with the engine.
    pub(crate) fn start(engine: &Engine) -> Self {
        let calls = Arc::new(AtomicUsize::new(0));
        let (engine, running) = (engine.weak(), calls.clone());
        let tick = move || {
            let mut idle = 0_u32;
            while let Some(engine) = engine.upgrade() {
                manners::tick();
                engine.increment_epoch();
                drop(engine);
                idle = if running.load(Ordering::Acquire) == 0 { idle.saturating_add(1) } else { 0 };
                if idle < IDLE_TICKS { thread::sleep(TICK) } else { thread::park_timeout(IDLE_CHECK) }
            }
        };
        Self { calls, thread: thread::spawn(tick).thread().clone() }
    }

    /// Keeps the ticker awake for as long as the answer lives.
    pub(crate) fn running(&self) -> Running<'_> {
        if self.calls.fetch_add(1, Ordering::AcqRel) == 0 {
            self.thread.unpark(); // no system call unless it sleeps
        }
        Running(&self.calls)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}
