//! The components that every composed file is made of, as `make components` built them: the build script finds them.

pub(crate) const TRANSPORT: &[u8] = include_bytes!(env!("WASMCP_TRANSPORT"));
pub(crate) const MUX: &[u8] = include_bytes!(env!("WASMCP_MUX"));
pub(crate) const ABSENT: &[u8] = include_bytes!(env!("WASMCP_ABSENT"));
pub(crate) const ADAPTER_ENVIRONMENT: &[u8] = include_bytes!(env!("WASMCP_ADAPTER_ENVIRONMENT"));
pub(crate) const ADAPTER_WASMCLOUD: &[u8] = include_bytes!(env!("WASMCP_ADAPTER_WASMCLOUD"));
