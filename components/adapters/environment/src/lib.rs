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
                /// The name of the provider. What it is told beside the environment follows in lines of `KEY=VALUE`.
                import baked: func() -> string;
                export wasmcp:mcp/settings@0.1.0;
            }
        ",
        world: "wasmcp:adapter-environment/adapter",
        generate_all,
    });
}

use std::sync::OnceLock;

use bindings::exports::wasmcp::mcp::settings;
use bindings::wasmcp::mcp::model::McpError;

struct Adapter;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Adapter;
    super::bindings::export!(Adapter with_types_in super::bindings);
}

impl settings::Guest for Adapter {
    fn get(key: String) -> Result<Option<String>, McpError> {
        let (provider, told) = baked();
        let Some(variable) = variable(provider, &key) else {
            // What `compose` sets has a name that no operator can spell.
            let value = told.lines().find_map(|line| line.strip_prefix(&*key)?.strip_prefix('='));
            return Ok(value.map(str::to_owned));
        };
        Ok(environment().iter().find_map(|(name, value)| (*name == variable).then(|| value.clone())))
    }
}

/// Whose settings these are, and what `compose` set. The host is asked once, as the transport reads ten settings.
fn baked() -> (&'static str, &'static str) {
    static BAKED: OnceLock<String> = OnceLock::new();
    let baked = BAKED.get_or_init(bindings::baked);
    baked.split_once('\n').unwrap_or((baked, ""))
}

fn environment() -> &'static [(String, String)] {
    static ENVIRONMENT: OnceLock<Vec<(String, String)>> = OnceLock::new();
    ENVIRONMENT.get_or_init(wasi::cli::environment::get_environment)
}

/// The variable of a provider's key; none where the key has signs that no setting has. A name has no `--` in it (`compose`
/// refuses one), so that no key of one provider can spell the variable of another.
fn variable(provider: &str, key: &str) -> Option<String> {
    let legal =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'));
    legal.then(|| format!("WASMCP__{provider}__{key}").to_ascii_uppercase().replace(['-', '.'], "_"))
}

#[cfg(test)]
mod tests {
    use super::variable;

    #[test]
    fn a_key_is_the_variable_of_its_provider_and_of_no_other() {
        for (provider, key, wanted) in [
            ("weather", "forecast-url", Some("WASMCP__WEATHER__FORECAST_URL")),
            ("my-tool", "db.name", Some("WASMCP__MY_TOOL__DB_NAME")),
            ("weather", "", None),
            ("weather", "a=b", None),
            ("weather", "ü", None),
        ] {
            assert_eq!(variable(provider, key).as_deref(), wanted, "{provider} {key}");
        }
    }
}
