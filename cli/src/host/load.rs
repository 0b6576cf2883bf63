//! From component files to providers that can be called, or to one composed server.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::timeout;
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Cache, Engine};

use super::call::{Allowance, Call, store};
use super::compile::{CompileError, compile};
use super::composed::Composed;
use super::engine::{COMPOSED, PROVIDER, Share, Ticker, engine};
use super::exports::{Exports, is_provider, names};
use super::failure::{Failure, failure};
use super::grant::Grant;
use super::sandbox::Sandbox;
use super::services::linker;
use super::slots::Slots;

/// A compiled component, whose kind is known.
pub(crate) struct Compiled {
    path: PathBuf,
    component: Component,
    is_composed: bool,
    weight: u32,
}

impl Compiled {
    /// Whether it is a whole server in one file, and not a provider.
    pub(crate) fn is_composed(&self) -> bool {
        self.is_composed
    }
}

/// A component that cannot be served.
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
    #[error("`{}` imports `{import}`, which this host does not offer", .path.display())]
    Import { path: PathBuf, import: String },
    #[error("`{}` cannot be linked: {cause}", .path.display())]
    Link { path: PathBuf, cause: String },
    #[error("`{}` does not have the contract's types: {cause}", .path.display())]
    Shape { path: PathBuf, cause: String },
    #[error("`{}` cannot start: {cause}", .path.display())]
    Start { path: PathBuf, cause: String },
    #[error("`{}` has more memories or tables than the host has room for: it takes the room of {needed} calls, and there is that of {calls}: give `wasmcp serve` a higher `--max-concurrent`", .path.display())]
    TooLarge { path: PathBuf, needed: u32, calls: u32 },
    #[error("`{}` does not say how many memories and tables it needs: it must not import modules or components", .path.display())]
    Unbounded { path: PathBuf },
}

/// Loads components into one engine.
pub(crate) struct Loader {
    engine: Engine,
    linker: Linker<Call>,
    ticker: Arc<Ticker>,
    share: Share,
    calls: u32,
}

impl Loader {
    /// A loader for so many components, each of which may have so many calls at once.
    pub(crate) fn new(components: usize, calls: u32, cache: Option<Cache>) -> Result<Self, LoadError> {
        // What a single component is, is not known before it is compiled, and that takes the engine.
        let share = if components == 1 { COMPOSED } else { PROVIDER };
        let all = calls.saturating_mul(u32::try_from(components).unwrap_or(u32::MAX));
        let engine = engine(&share, all, cache).map_err(LoadError::Engine)?;
        let linker = linker(&engine).map_err(LoadError::Engine)?;
        let ticker = Arc::new(Ticker::start(&engine));
        Ok(Self { engine, linker, ticker, share, calls })
    }

    /// Compiles a component, and sees what it is.
    pub(crate) fn compile(&self, path: &Path) -> Result<Compiled, LoadError> {
        let component = compile(&self.engine, path)?;
        let path = path.to_owned();
        let Some(weight) = self.weight(&component) else { return Err(LoadError::Unbounded { path }) };
        if weight > self.calls {
            return Err(LoadError::TooLarge { path, needed: weight, calls: self.calls });
        }
        let is_composed = !is_provider(&component);
        if is_composed && !Composed::is_one(&component) {
            return Err(LoadError::WrongWorld { path, exports: names(&component, &self.engine) });
        }
        Ok(Compiled { path, component, is_composed, weight })
    }

    /// Makes a provider of a component, and tries whether it starts.
    pub(crate) async fn provider(&self, compiled: Compiled, grant: Grant) -> Result<Sandbox, LoadError> {
        let linked = self.link(&compiled)?;
        let (grant, slots) = (Arc::new(grant), Slots::new(self.calls, compiled.weight, self.ticker.clone()));
        let exports = self.try_out(compiled, &grant, &linked, &slots).await?;
        Ok(Sandbox::new(grant, linked, exports, slots))
    }

    /// Makes a server of a composed file.
    pub(crate) fn composed(&self, compiled: Compiled, grant: Grant) -> Result<Composed, LoadError> {
        let linked = self.link(&compiled)?;
        let slots = Slots::new(self.calls, compiled.weight, self.ticker.clone());
        Composed::new(Arc::new(grant), linked, slots)
            .map_err(|error| LoadError::Shape { path: compiled.path, cause: format!("{error:#}") })
    }

    fn link(&self, compiled: &Compiled) -> Result<InstancePre<Call>, LoadError> {
        let Compiled { path, component, .. } = compiled;
        self.linker.instantiate_pre(component).map_err(|error| self.unlinked(path, component, &error))
    }

    /// How many shares of the pool one call of the component takes, or nothing where that cannot be said.
    fn weight(&self, component: &Component) -> Option<u32> {
        let needed = component.resources_required()?;
        let memories = needed.num_memories.div_ceil(self.share.memories);
        Some(memories.max(needed.num_tables.div_ceil(self.share.tables)).max(1))
    }

    /// The first import that the host does not have, as wasmtime's error names it.
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

    /// One instance, to see that it starts, and that what it exports has the types of the contract.
    async fn try_out(
        &self,
        compiled: Compiled,
        grant: &Arc<Grant>,
        linked: &InstancePre<Call>,
        slots: &Slots,
    ) -> Result<Exports, LoadError> {
        let Compiled { path, component, .. } = compiled;
        let _slot = slots.take(Duration::ZERO).await;
        let mut store = store(&self.engine, grant, Allowance::Until(Instant::now() + grant.limits.time));
        // It is interrupted when it computes for that long, and given up when it waits for that long.
        let started = timeout(grant.limits.time, linked.instantiate_async(&mut store)).await;
        match started {
            Err(_) => Err(LoadError::Start { path, cause: Failure::Late.describe(grant, true) }),
            Ok(Ok(instance)) => Exports::of(&component, &mut store, &instance)
                .map_err(|error| LoadError::Shape { path, cause: format!("{error:#}") }),
            Ok(Err(error)) => {
                let cause = failure(error, store.data().memory.exhausted).describe(grant, true);
                Err(LoadError::Start { path, cause })
            }
        }
    }
}
