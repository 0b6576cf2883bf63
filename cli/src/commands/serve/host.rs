//! A server that listens, and what the components that it serves share.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context as _, anyhow};

use super::options::ServerOptions;
use crate::commands::banner::{Maximum, print_banner};
use crate::commands::cache::cache;
use crate::host::{
    Compiled, ConnectionLimits, FunctionCache, InstanceLimits, LoadError, Loader, MemoryBudget, machine_memory,
    raise_descriptor_limit,
};
use crate::http::{Listener, ListenerLimits};
use crate::options::{Bytes, ComponentArg, Time};

/// What the components of a server share.
pub(super) struct SharedLimits {
    pub(super) memory: Arc<MemoryBudget>,
    /// The connections of each component, which are its part of what clients leave.
    pub(super) connections: ConnectionLimits,
}

/// A server that listens, and answers nothing yet.
pub(crate) struct Host {
    pub(in crate::commands) listener: Listener,
    pub(super) loader: Arc<Loader>,
    pub(super) shared: SharedLimits,
    address: SocketAddr,
    maximum: Maximum,
}

impl ServerOptions {
    /// Listens, and prepares to load so many components, each of which may be replaced while calls of `builds` builds of it run.
    pub(in crate::commands) async fn host(&self, components: usize, builds: usize) -> anyhow::Result<Host> {
        let (Time(keep_alive), Time(drain)) = (self.keep_alive, self.drain_timeout);
        let descriptors = raise_descriptor_limit();
        let clients = self.clients(components, descriptors);
        let limits = ListenerLimits { connections: clients, keep_alive, drain };
        let listener = Listener::bind(self.address(), limits).await.map_err(|error| {
            anyhow!("cannot listen on {}: {error}; choose another address with `--addr`", self.address())
        })?;
        let address = listener.address().context("cannot listen")?;
        let cache = cache(self.cache_dir.as_deref())?;
        let max_memory = self.max_memory.map_or_else(default_max_memory, |Bytes(bytes)| bytes);
        let shared = SharedLimits {
            memory: MemoryBudget::new(max_memory, components),
            connections: ConnectionLimits::of_each(components, clients, descriptors),
        };
        let maximum = Maximum { calls: self.max_concurrent, memory: max_memory };
        let instances = InstanceLimits { calls: self.max_concurrent, prepared: self.prepared };
        let functions = (builds > 1).then(FunctionCache::default);
        let loader = Loader::new(components.saturating_mul(builds), instances, max_memory, cache, functions)?;
        Ok(Host { listener, loader: Arc::new(loader), shared, address, maximum })
    }
}

impl Host {
    /// Prints what is served and where, who may call if not every client may, and the configuration for a client.
    pub(in crate::commands) fn print_banner(&self, served: &str, protection: Option<&str>) {
        print_banner(served, protection, self.address, &self.maximum);
    }
}

/// Compiles the components.
pub(super) fn compile<'a>(
    loader: &Loader,
    files: impl IntoIterator<Item = &'a ComponentArg>,
) -> anyhow::Result<Vec<Compiled>> {
    let compile = |source: &ComponentArg| {
        loader.compile(&source.path).map_err(|error| match error {
            LoadError::TooLarge { .. } => anyhow!("{error}; raise `--max-concurrent`"),
            error => error.into(),
        })
    };
    files.into_iter().map(compile).collect()
}

/// Half of the memory of this machine, in whole mebibytes: the other half is for the host, for what it holds for clients, and for
/// other programs.
fn default_max_memory() -> usize {
    (machine_memory() / 2).max(64 << 20) & !((1 << 20) - 1)
}
