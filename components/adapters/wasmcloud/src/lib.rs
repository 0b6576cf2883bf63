//! A provider's settings on wasmCloud 1.9, whose hosts have no environment but `wasi:config/store`.
//!
//! The key `forecast-url` of the provider `weather` is the configuration key `weather.forecast-url`. Which provider an
//! instance answers is baked in by `wasmcp compose`, so that each sees its own settings only. `state` and `live` are filled
//! by `absent`: in a composed file this host offers neither.

#[allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: ["../../../wit", "wit"],
        inline: "
            package wasmcp:adapter-wasmcloud;

            world adapter {
                /// The crate `adapter-config` writes and reads it.
                import baked: func() -> string;
                import wasi:config/store@0.2.0-draft;
                export wasmcp:mcp/settings@0.1.0;
            }
        ",
        world: "wasmcp:adapter-wasmcloud/adapter",
        generate_all,
    });
}

use std::sync::OnceLock;

use adapter_config::{AdapterConfig, is_reserved};
use bindings::exports::wasmcp::mcp as exports;
use bindings::wasi::config::store;
use bindings::wasmcp::mcp::model::McpError;

struct Adapter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Adapter;
    super::bindings::export!(Adapter with_types_in super::bindings);
}

impl exports::settings::Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, McpError> {
        static TEXT: OnceLock<String> = OnceLock::new();
        let config = AdapterConfig::read(TEXT.get_or_init(bindings::baked));
        if is_reserved(&key) {
            return Ok(config.compose_value(&key).map(str::to_owned));
        }
        // A name has no dot in it, so that no key of one provider can spell the key of another.
        let key = format!("{}.{key}", config.provider);
        // A host that cannot read a setting has not said that it is unset, and it does not say for how long it cannot.
        store::get(&key).map_err(|_| McpError::Unavailable(None))
    }
}
