//! A provider's settings on hosts that have an environment: wasmtime and Spin.
//!
//! The key `forecast-url` of the provider `weather` is the variable `WASMCP__WEATHER__FORECAST_URL`. `wasmcp compose` tells each instance
//! which provider it serves, so that every provider sees its own settings only.

mod bindings;

use std::sync::OnceLock;

use adapter_config::env_var;
use bindings::exports::wasmcp::mcp::settings::Guest;
use bindings::wasmcp::composition::provider_name;
use bindings::wasmcp::mcp::model::McpError;

struct Adapter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Adapter;
    super::bindings::export!(Adapter with_types_in super::bindings);
}

impl Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, McpError> {
        let Some(variable) = env_var(adapter_config::provider_name(provider_name::get), &key) else { return Ok(None) };
        Ok(environment().iter().find_map(|(name, value)| (*name == variable).then(|| value.clone())))
    }
}

fn environment() -> &'static [(String, String)] {
    static ENVIRONMENT: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ENVIRONMENT.get_or_init(wasi::cli::environment::get_environment)
}
