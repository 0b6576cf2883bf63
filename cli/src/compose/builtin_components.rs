//! The components that composed files are made of, as `make components` built them: the build script finds them.

pub(crate) const TRANSPORT: &[u8] = include_bytes!(env!("WASMCP_TRANSPORT"));
pub(crate) const SECURED_TRANSPORT: &[u8] = include_bytes!(env!("WASMCP_SECURED_TRANSPORT"));
pub(crate) const ROUTER: &[u8] = include_bytes!(env!("WASMCP_ROUTER"));
pub(crate) const RESPONSE_LIMIT: &[u8] = include_bytes!(env!("WASMCP_RESPONSE_LIMIT"));
pub(crate) const ADAPTER_ENVIRONMENT: &[u8] = include_bytes!(env!("WASMCP_ADAPTER_ENVIRONMENT"));
pub(crate) const ADAPTER_HTTP: &[u8] = include_bytes!(env!("WASMCP_ADAPTER_HTTP"));
pub(crate) const ADAPTER_WASMCLOUD: &[u8] = include_bytes!(env!("WASMCP_ADAPTER_WASMCLOUD"));
