//! A provider's settings, where the host has an environment: wasmtime and Spin.
//!
//! The key `forecast-url` of the provider `weather` is the variable `WASMCP__WEATHER__FORECAST_URL`. Which provider an
//! instance answers is baked in by `wasmcp compose`, so that each sees its own settings only. This host keeps nothing between
//! requests and sends nothing while a call runs: `state` and `live` are filled by `absent`.

#[allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: "../../../wit",
        inline: "
            package wasmcp:adapter-environment;

            world adapter {
                /// The crate `settings` writes and reads it.
                import baked: func() -> string;
                export wasmcp:mcp/settings@0.1.0;
            }
        ",
        world: "wasmcp:adapter-environment/adapter",
        generate_all,
    });
}

use std::sync::OnceLock;

use bindings::exports::wasmcp::mcp as exports;
use bindings::wasmcp::mcp::model::McpError;
use settings::{Baked, is_reserved, variable};

struct Adapter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Adapter;
    super::bindings::export!(Adapter with_types_in super::bindings);
}

impl exports::settings::Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, McpError> {
        let baked = baked();
        if is_reserved(&key) {
            return Ok(baked.told(&key).map(str::to_owned));
        }
        let Some(variable) = variable(baked.provider, &key) else { return Ok(None) };
        Ok(environment().iter().find_map(|(name, value)| (*name == variable).then(|| value.clone())))
    }
}

/// The host is asked once, as the transport reads ten settings.
fn baked() -> Baked<'static> {
    static BAKED: OnceLock<String> = OnceLock::new();
    Baked::read(BAKED.get_or_init(bindings::baked))
}

fn environment() -> &'static [(String, String)] {
    static ENVIRONMENT: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ENVIRONMENT.get_or_init(wasi::cli::environment::get_environment)
}
