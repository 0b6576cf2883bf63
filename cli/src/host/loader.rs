//! Loads component files: as providers that can be called, or as one composed server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use wasmtime::Engine;
use wasmtime::component::{Component, InstancePre, Linker};

use super::artifact_cache::ArtifactCache;
use super::compile::{CompileError, compile};
use super::composed::Composed;
use super::engine::{COMPOSED, PROVIDER, PoolQuota, Ticker, engine};
use super::exports::{Exports, is_provider, names};
use super::function_cache::FunctionCache;
use super::grant::Grant;
use super::instance::{Failure, Slots, StoreData, TimeLimit, classify, new_store};
use super::prepared::{MAX_QUOTA_UNITS, PreparedInstances};
use super::sandbox::Sandbox;
use super::services::linker;

/// A compiled component: a provider or a composed file.
pub(crate) struct Compiled {
    path: PathBuf,
    component: Component,
    is_composed: bool,
    /// How many quotas of the pool one call of it uses.
    quota_units: u32,
}

impl Compiled {
    /// Whether the component is a composed file, which is a whole server, and not a provider.
    pub(crate) fn is_composed(&self) -> bool {
        self.is_composed
    }
}

/// Why a component cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error("cannot prepare the WebAssembly engine: {0:#}")]
    Engine(wasmtime::Error),
    #[error(transparent)]
    Compile(#[from] CompileError),
    #[error(
        "`{}` has the wrong world: it exports {exports}; a provider exports `wasmcp:mcp/provider@0.1.0`, a composed server `wasi:http/incoming-handler`",
        .path.display()
    )]
    WrongWorld { path: PathBuf, exports: String },
    #[error("`{}` imports `{import}`, which this host does not provide", .path.display())]
    Import { path: PathBuf, import: String },
    #[error("`{}` cannot be linked: {cause}", .path.display())]
    Link { path: PathBuf, cause: String },
    #[error("`{}` does not have the contract's types: {cause}", .path.display())]
    Shape { path: PathBuf, cause: String },
    #[error("`{}` cannot start: {cause}", .path.display())]
    Start { path: PathBuf, cause: String },
    #[error("`{}` needs more memories or tables than the host reserves: one call uses the quota of {needed} calls, and the host has that of {calls}", .path.display())]
    TooLarge { path: PathBuf, needed: u32, calls: u32 },
    #[error("`{}` does not declare how many memories and tables it needs: build it without imports of modules or components", .path.display())]
    Unbounded { path: PathBuf },
}

/// Loads components into one engine.
pub(crate) struct Loader {
    engine: Engine,
    linker: Linker<StoreData>,
    ticker: Arc<Ticker>,
    cache: Option<ArtifactCache>,
    quota: PoolQuota,
    instances: InstanceLimits,
}

/// How many instances of each component there are at once, at most.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InstanceLimits {
    /// Those that serve calls.
    pub(crate) calls: u32,
    /// Those that are made before a call needs them.
    pub(crate) prepared: u32,
}

impl Loader {
    /// A loader for this number of components, each with so many instances, where all may use `memory` bytes together. One that compiles
    /// components again and again has a cache of their functions.
    pub(crate) fn new(
        components: usize,
        instances: InstanceLimits,
        memory: usize,
        cache: Option<ArtifactCache>,
        functions: Option<FunctionCache>,
    ) -> Result<Self, LoadError> {
        // Whether a single component is a composed file is not known before it is compiled, and compiling needs the engine.
        let quota = if components == 1 { COMPOSED } else { PROVIDER };
        let InstanceLimits { calls, prepared } = instances;
        let each = calls.saturating_add(prepared.saturating_mul(MAX_QUOTA_UNITS));
        let all = each.saturating_mul(u32::try_from(components).unwrap_or(u32::MAX));
        let engine = engine(&quota, all, memory, functions).map_err(LoadError::Engine)?;
        let linker = linker(&engine).map_err(LoadError::Engine)?;
        let ticker = Arc::new(Ticker::start(&engine));
        Ok(Self { engine, linker, ticker, cache, quota, instances })
    }

    /// Compiles a component, or takes what was compiled before, and finds out whether it is a provider or a composed file.
    pub(crate) fn compile(&self, path: &Path) -> Result<Compiled, LoadError> {
        let component = compile(&self.engine, path, self.cache.as_ref())?;
        let path = path.to_owned();
        let Some(quota_units) = self.quota_units(&component) else { return Err(LoadError::Unbounded { path }) };
        let InstanceLimits { calls, .. } = self.instances;
        if quota_units > calls {
            return Err(LoadError::TooLarge { path, needed: quota_units, calls });
        }
        let is_composed = !is_provider(&component);
        if is_composed && !Composed::is_one(&component) {
            return Err(LoadError::WrongWorld { path, exports: names(&component, &self.engine) });
        }
        Ok(Compiled { path, component, is_composed, quota_units })
    }

    /// Makes a provider of a component. Instantiates it once, to see whether it starts.
    pub(crate) async fn provider(
        &self,
        compiled: Compiled,
        grant: impl Into<Arc<Grant>>,
    ) -> Result<Sandbox, LoadError> {
        let (linked, grant) = (self.link(&compiled)?, grant.into());
        let slots = self.slots(&compiled, &grant);
        let prepared = self.prepared(&compiled, &grant, &linked);
        let exports = self.instantiate_once(compiled, &grant, &linked, &slots).await?;
        Ok(Sandbox::new(grant, linked, exports, slots, prepared))
    }

    /// Makes a server of a composed file, without an instance: its first request makes one.
    pub(crate) fn composed(&self, compiled: Compiled, grant: Grant) -> Result<Composed, LoadError> {
        let linked = self.link(&compiled)?;
        let slots = self.slots(&compiled, &grant);
        let grant = Arc::new(grant);
        let prepared = self.prepared(&compiled, &grant, &linked);
        Composed::new(grant, linked, slots, prepared)
            .map_err(|error| LoadError::Shape { path: compiled.path, cause: format!("{error:#}") })
    }

    fn slots(&self, compiled: &Compiled, grant: &Grant) -> Slots {
        Slots::new(self.instances.calls, compiled.quota_units, Arc::clone(&grant.memory), Arc::clone(&self.ticker))
    }

    /// The prepared instances of a component, as many as have room in the pool.
    fn prepared(
        &self,
        compiled: &Compiled,
        grant: &Arc<Grant>,
        linked: &InstancePre<StoreData>,
    ) -> Arc<PreparedInstances> {
        let InstanceLimits { prepared, .. } = self.instances;
        let most = prepared.min(prepared.saturating_mul(MAX_QUOTA_UNITS) / compiled.quota_units);
        PreparedInstances::new(most, Arc::clone(grant), linked.clone(), compiled.is_composed, Arc::clone(&self.ticker))
    }

    fn link(&self, compiled: &Compiled) -> Result<InstancePre<StoreData>, LoadError> {
        let Compiled { path, component, .. } = compiled;
        self.linker.instantiate_pre(component).map_err(|error| self.unlinked(path, component, &error))
    }

    /// How many quotas of the pool one call of the component uses. `None` if the component does not declare what it needs.
    fn quota_units(&self, component: &Component) -> Option<u32> {
        let needed = component.resources_required()?;
        let memories = needed.num_memories.div_ceil(self.quota.memories);
        Some(memories.max(needed.num_tables.div_ceil(self.quota.tables)).max(1))
    }

    /// The error for a component that does not link. It names the import that the host lacks, if wasmtime's error does.
    fn unlinked(&self, path: &Path, component: &Component, error: &wasmtime::Error) -> LoadError {
        let (path, cause) = (path.to_owned(), format!("{error:#}"));
        let mut imports =
            component.component_type().imports(&self.engine).map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        imports.retain(|name| cause.contains(&format!("`{name}`")));
        match imports.pop() {
            Some(import) => LoadError::Import { path, import },
            None => LoadError::Link { path, cause },
        }
    }

    /// Makes one instance, to check that the component starts and that its exports have the types of the contract.
    async fn instantiate_once(
        &self,
        compiled: Compiled,
        grant: &Arc<Grant>,
        linked: &InstancePre<StoreData>,
        slots: &Slots,
    ) -> Result<Exports, LoadError> {
        let Compiled { path, component, .. } = compiled;
        let _slot = slots.take(Duration::ZERO, || None::<()>).await;
        let time = TimeLimit::Until(Instant::now() + grant.limits.time);
        let mut store = new_store(&self.engine, grant, time, grant.memory.nothing());
        // The store interrupts an instance that computes for too long; the timeout ends one that waits for too long.
        let started = timeout(grant.limits.time, linked.instantiate_async(&mut store)).await;
        match started {
            Err(_) => Err(LoadError::Start { path, cause: Failure::TimedOut.describe(grant, true) }),
            Ok(Ok(instance)) => Exports::of(&component, &mut store, &instance)
                .map_err(|error| LoadError::Shape { path, cause: format!("{error:#}") }),
            Ok(Err(error)) => {
                let cause = classify(error, store.data().memory.shortage).describe(grant, true);
                Err(LoadError::Start { path, cause })
            }
        }
    }
}
