//! The host of components: compiles them, and runs each call in an instance of its own with nothing but what the operator granted.

mod artifact_cache;
mod cache_folder;
mod compile;
mod composed;
mod descriptors;
mod egress;
mod engine;
mod exports;
mod function_cache;
mod grant;
mod instance;
mod loader;
mod machine_memory;
mod prepared;
mod sandbox;
mod services;
mod stdio;

pub(crate) use artifact_cache::ArtifactCache;
pub(crate) use composed::{Composed, Work};
pub(crate) use descriptors::{ConnectionLimits, fit_clients, raise_descriptor_limit};
pub(crate) use egress::{Caller, Egress, ExchangeError, Rule, connection_failure, exchange, is_timeout};
pub(crate) use function_cache::FunctionCache;
pub(crate) use grant::Grant;
pub(crate) use instance::{MemoryBudget, Size};
pub(crate) use loader::{Compiled, InstanceLimits, LoadError, Loader};
pub(crate) use machine_memory::machine_memory;
pub(crate) use sandbox::Sandbox;
