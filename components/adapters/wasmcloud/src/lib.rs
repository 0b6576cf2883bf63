//! A provider's settings on wasmCloud 1.9, whose hosts have no environment but `wasi:config/store`.
//!
//! The key `forecast-url` of the provider `weather` is the configuration key `weather.forecast-url`. `wasmcp compose` tells each instance
//! which provider it serves, so that every provider sees its own settings only.

mod bindings;

use bindings::exports::wasmcp::mcp::settings::Guest;
use bindings::wasi::config::store;
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
        // The name of a provider has no dot in it, so that no key of one provider can spell the key of another.
        let provider = adapter_config::provider_name(provider_name::get);
        if let Some(section) = adapter_config::whole_section(provider, &key) {
            let all = store::get_all().map_err(|_| McpError::Unavailable(None))?;
            let key_of_section =
                |key: &str| adapter_config::canonical_key(key.strip_prefix(section)?.strip_prefix('.')?);
            let keys = all.iter().filter_map(|(key, _)| key_of_section(key)).collect::<Vec<_>>().join(" ");
            return Ok((!keys.is_empty()).then_some(keys));
        }
        let (section, name) = adapter_config::section(provider, &key);
        let key = format!("{section}.{name}");
        // A host that cannot read a setting has not said that it is unset, and it does not say for how long it cannot.
        store::get(&key).map_err(|_| McpError::Unavailable(None))
    }
}
