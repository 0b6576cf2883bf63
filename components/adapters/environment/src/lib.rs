//! A provider's settings on hosts that have an environment: wasmtime and Spin.
//!
//! The key `forecast-url` of the provider `weather` is the variable `WASMCP__WEATHER__FORECAST_URL`. `wasmcp compose` tells each instance
//! which provider it serves, so that every provider sees its own settings only.

mod bindings;

use std::sync::OnceLock;

use adapter_config::{SECTIONS, env_prefix, env_var, section, whole_section};
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
        if let Some(section) = whole_section(provider(), &key) {
            let prefix = env_prefix(section);
            let keys = settings.iter().filter_map(|(name, _)| name.strip_prefix(&prefix));
            let keys = keys.map(str::to_ascii_lowercase).collect::<Vec<_>>().join(" ");
            return Ok((!keys.is_empty()).then_some(keys));
        }
        let (section, name) = section(provider(), &key);
        let Some(variable) = env_var(section, name) else { return Ok(None) };
        Ok(settings.iter().find_map(|(name, value)| (*name == variable).then(|| value.clone())))
    }
}

fn provider() -> &'static str {
    adapter_config::provider_name(provider_name::get)
}

/// The variables of this provider; those of the server are in several sections.
fn settings() -> &'static [(String, String)] {
    static SETTINGS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    SETTINGS.get_or_init(|| {
        let mut variables = wasi::cli::environment::get_environment();
        let sections: &[&str] = if provider() == "transport" { &SECTIONS } else { &[] };
        let mut prefixes = vec![env_prefix(provider())];
        prefixes.extend(sections.iter().map(|section| env_prefix(section)));
        variables.retain(|(name, _)| prefixes.iter().any(|prefix| name.starts_with(prefix)));
        variables
    })
}
