//! A provider's settings on hosts that have an environment: wasmtime and Spin.
//!
//! The key `forecast-url` of the provider `weather` is the variable `WASMCP__WEATHER__FORECAST_URL`. `wasmcp compose` tells each instance
//! which provider it serves, so that every provider sees its own settings only.

mod bindings;

use std::sync::OnceLock;

use adapter_config::{env_prefix, env_var};
use bindings::exports::wasmcp::mcp::settings::Guest;
use bindings::wasmcp::composition::provider_name;
use bindings::wasmcp::mcp::model::McpError;

/// It uses the memory that an instance starts with. The allocator of the standard library would let every call grow it.
#[cfg(target_family = "wasm")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

struct Adapter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Adapter;
    super::bindings::export!(Adapter with_types_in super::bindings);
}

impl Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, McpError> {
        let settings = settings();
        // Most requests find none, and the transport asks for each of its keys.
        if settings.is_empty() {
            return Ok(None);
        }
        let Some(variable) = env_var(provider(), &key) else { return Ok(None) };
        Ok(settings.iter().find_map(|(name, value)| (*name == variable).then(|| value.clone())))
    }
}

fn provider() -> &'static str {
    adapter_config::provider_name(provider_name::get)
}

/// The variables of this provider.
fn settings() -> &'static [(String, String)] {
    static SETTINGS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let mut variables = wasi::cli::environment::get_environment();
        let prefix = env_prefix(provider());
        variables.retain(|(name, _)| name.starts_with(&prefix));
        variables
    })
}
