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
                /// The crate `adapter-config` writes and reads it.
                import baked: func() -> string;
                export wasmcp:mcp/settings@0.1.0;
            }
        ",
        world: "wasmcp:adapter-environment/adapter",
        generate_all,
    });
}

use std::sync::OnceLock;

use adapter_config::{AdapterConfig, env_var, is_reserved};
use bindings::exports::wasmcp::mcp as exports;
use bindings::wasmcp::mcp::model::McpError;

struct Adapter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Adapter;
    super::bindings::export!(Adapter with_types_in super::bindings);
}

impl exports::settings::Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, McpError> {
        let config = config();
        if is_reserved(&key) {
            return Ok(config.compose_value(&key).map(str::to_owned));
        }
        let Some(variable) = env_var(config.provider, &key) else { return Ok(None) };
        Ok(environment().iter().find_map(|(name, value)| (*name == variable).then(|| value.clone())))
    }
}

/// The text that `compose` put in, which is fetched once, since the transport reads every setting of its section.
fn config() -> AdapterConfig<'static> {
    static TEXT: OnceLock<String> = OnceLock::new();
    AdapterConfig::read(TEXT.get_or_init(bindings::baked))
}

fn environment() -> &'static [(String, String)] {
    static ENVIRONMENT: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ENVIRONMENT.get_or_init(wasi::cli::environment::get_environment)
}
