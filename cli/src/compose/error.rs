//! Why components cannot be composed.

use catalog::{NameError, SnapshotError};

use super::assembly::AssemblyError;
use super::generated_component::GenerateError;

/// Why components cannot be composed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ComposeError {
    #[error(transparent)]
    Name(#[from] NameError),
    #[error("`{provider}` does not export `wasmcp:mcp/provider`, as every provider does")]
    NotAProvider { provider: String },
    #[error("provider `{provider}` imports `{import}`, which neither this nor a host of a composed file offers")]
    NotOffered { provider: String, import: String },
    #[error(
        "{importer} imports `{import}`, which is not in {hosts} ({reason}): build it for WASI 0.2.6, or add `--allow-import {import}` \
         for a host that has it"
    )]
    NotOfHosts { importer: String, import: String, hosts: String, reason: String },
    #[error(
        "provider `{provider}` imports `{import}`, where it would see the settings of all: let it use `wasmcp:mcp/settings`"
    )]
    SettingsOfAll { provider: String, import: String },
    #[error(
        "provider `{provider}` imports `{import}`, which all providers of a composed file would share: it cannot be composed"
    )]
    Shared { provider: String, import: String },
    #[error("provider `{provider}` does not have the contract's types")]
    Types { provider: String, source: Box<AssemblyError> },
    #[error("cannot put the components together")]
    Assembly(#[source] Box<AssemblyError>),
    #[error("cannot make a component of the composition")]
    Generate(#[from] GenerateError),
    #[error("cannot write the snapshot of the catalogue")]
    Snapshot(#[from] SnapshotError),
}

impl From<AssemblyError> for ComposeError {
    fn from(error: AssemblyError) -> Self {
        Self::Assembly(Box::new(error))
    }
}
