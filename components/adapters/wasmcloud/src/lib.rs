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
                /// The name of the provider. What it is told beside the configuration follows in lines of `KEY=VALUE`.
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

use bindings::exports::wasmcp::mcp::settings;
use bindings::wasi::config::store;
use bindings::wasmcp::mcp::model::McpError;

struct Adapter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Adapter;
    super::bindings::export!(Adapter with_types_in super::bindings);
}

impl settings::Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, McpError> {
        static BAKED: OnceLock<String> = OnceLock::new();
        let baked = BAKED.get_or_init(bindings::baked);
        let (provider, told) = baked.split_once('\n').unwrap_or((baked, ""));
        // What `compose` sets has a name with a sign that no setting has.
        if key.contains(':') {
            let value = told.lines().find_map(|line| line.strip_prefix(&*key)?.strip_prefix('='));
            return Ok(value.map(str::to_owned));
        }
        // A name has no dot in it, so that no key of one provider can spell the key of another.
        let key = format!("{provider}.{key}");
        // The host cannot tell, which is not the same as not set; it does not say for how long.
        store::get(&key).map_err(|_| McpError::Unavailable(None))
    }
}
