//! What an operator grants to one component.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use tokio::sync::Semaphore;

use super::egress::Egress;
use super::limits::Limits;
use super::log::Log;
use super::pool::Pool;

/// Lookups of one component at once.
const LOOKUPS: usize = 8;

/// Everything that a component is given beyond its own memory. Two components never share one.
pub(crate) struct Grant {
    /// The component's name, for messages.
    pub(crate) name: String,
    /// Where what it says, and what happens to it, is logged.
    pub(crate) log: Log,
    /// What it reads through `wasmcp:mcp/settings`.
    pub(crate) settings: BTreeMap<String, String>,
    /// What it reads through `wasi:cli/environment`: nothing, but for a composed file.
    pub(crate) environment: Vec<(String, String)>,
    /// Where it may send requests.
    pub(crate) egress: Egress,
    /// Its connections that can be used again.
    pub(crate) connections: Pool,
    /// How many of its names may be looked up at once: each lookup takes a thread, for as long as the system's resolver likes.
    pub(crate) lookups: Arc<Semaphore>,
    /// What each call may use.
    pub(crate) limits: Limits,
}

impl Grant {
    /// Nothing, within the usual limits.
    pub(crate) fn nothing(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            log: Log::new(name),
            settings: BTreeMap::new(),
            environment: Vec::new(),
            egress: Egress::default(),
            connections: Pool::default(),
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
            limits: Limits::default(),
        }
    }
}

/// Settings are secrets, so that only their keys are shown.
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
