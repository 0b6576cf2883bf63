//! What an operator grants to one component.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use state::MemoryStore;
use tokio::sync::Semaphore;

use super::descriptors::{ConnectionLimits, MAX_ACTIVE};
use super::egress::{Egress, IdleConnections};
use super::instance::{ComputeHistory, Limits, MemoryBudget, MemoryShare};
use crate::log::ComponentLog;

/// How many names one component may look up at once.
const MAX_LOOKUPS: usize = 8;

/// Everything that a component gets beyond its own memory. Each component has a grant of its own.
pub(crate) struct Grant {
    /// The component's name, for messages.
    pub(crate) name: String,
    /// The log of what it prints and of what the host reports about it.
    pub(crate) log: ComponentLog,
    /// Whether the error of a call that trapped has the last line that the component printed: where no other machine can call.
    pub(crate) tells_last_line: bool,
    /// The settings that it reads through `wasmcp:mcp/settings`, by the spelling that all spellings of a key share.
    pub(crate) settings: BTreeMap<String, String>,
    /// What it stores through `wasmcp:mcp/state`, for as long as this process runs. A composed file has none.
    pub(crate) state: Option<Arc<MemoryStore>>,
    /// The variables that it reads through `wasi:cli/environment`: none, except for a composed file.
    pub(crate) environment: Vec<(String, String)>,
    /// The places that it may send requests to.
    pub(crate) egress: Egress,
    /// Permits for connections that carry a request or a response, over all its calls.
    pub(crate) active_connections: Arc<Semaphore>,
    /// Its idle connections, which its next requests use.
    pub(crate) idle_connections: IdleConnections,
    /// Permits for lookups of names: each lookup occupies a thread, for as long as the system's resolver takes.
    pub(crate) lookups: Arc<Semaphore>,
    /// The limits of each of its calls.
    pub(crate) limits: Limits,
    /// Whether the command has the options that set limits, so that an error can name them.
    pub(crate) names_options: bool,
    /// What its calls may use of the memory for all components.
    pub(crate) memory: Arc<MemoryShare>,
    /// How long its calls computed until now, which decides where the next one runs.
    pub(crate) history: ComputeHistory,
}

impl Grant {
    /// A grant of nothing, with the default limits.
    pub(crate) fn nothing(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            log: ComponentLog::new(name),
            tells_last_line: false,
            settings: BTreeMap::new(),
            state: None,
            environment: Vec::new(),
            egress: Egress::default(),
            active_connections: Arc::new(Semaphore::new(MAX_ACTIVE)),
            idle_connections: IdleConnections::default(),
            lookups: Arc::new(Semaphore::new(MAX_LOOKUPS)),
            limits: Limits::default(),
            names_options: true,
            memory: MemoryBudget::new(usize::MAX, 1).share(),
            history: ComputeHistory::default(),
        }
    }

    /// Sets how many connections the component may have.
    pub(crate) fn limit_connections(&mut self, limits: ConnectionLimits) {
        self.active_connections = Arc::new(Semaphore::new(limits.active));
        self.idle_connections = IdleConnections::at_most(limits.idle);
    }
}

/// Shows the keys of settings only: their values may be secrets.
impl fmt::Debug for Grant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Grant")
            .field("name", &self.name)
            .field("settings", &self.settings.keys())
            .field("egress", &self.egress)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
