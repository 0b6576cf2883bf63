//! The state of a lattice that runs: what its hosts, wadm, the providers and the MCP server report, and what is missing.

mod diagnose;
pub mod inventory;
mod observed;
mod probe;
mod readiness;
pub mod render;
pub(crate) mod serving;

pub(crate) use diagnose::missing_components;
pub use observed::{ApplicationState, Host, Provider};
