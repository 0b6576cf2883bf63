//! Authorization in this component: an instance often lives for one request, so that keys are pinned, or shared through the store of the
//! host, and the policy is part of the file, or a setting.

use std::sync::Arc;

use adapter_config::canonical_key;
use auth::{AuthConfig, KeyStorage, Scopes, TokenAuthenticator};
use policy::{Bundle, LazyAuthorizer, PolicyOptions, settings_files};
use server::{Ports, SettingError};
use settings::Policy;

use crate::bindings::wasmcp::composition::authorization;
use crate::bindings::wasmcp::mcp::settings as host;
use crate::decision_log::StandardError;
use crate::start_error::StartError;

/// Refuses settings of these sections that the server does not have: one that is misspelt would be obeyed by nothing.
pub(crate) fn check_names() -> Result<(), StartError> {
    for (section, all) in [("auth", "auth.*"), ("policy", "policy.*")] {
        let set = host::get(all).map_err(|_| SettingError::Unreadable { key: all })?.unwrap_or_default();
        let known: Vec<_> = settings::names(section).into_iter().filter_map(canonical_key).collect();
        if let Some(key) = set.split(' ').find(|key| !key.is_empty() && !known.iter().any(|known| known == key)) {
            return Err(StartError::UnknownSetting { section, key: key.to_owned() });
        }
    }
    Ok(())
}

/// Who may call, by the settings. A file that was composed to ask for tokens never serves without.
pub(crate) fn authenticator(ports: &Ports) -> Result<Option<(TokenAuthenticator, Scopes)>, StartError> {
    // Whether the host has a store is not asked: it would cost each instance a question over the network. Where keys are not pinned the store
    // is read, and one that is not there is an error that says so.
    let config = AuthConfig::read(|name| host::get(&format!("auth.{name}")), || KeyStorage::Store)?;
    let Some(config) = config else {
        return match authorization::serves_anonymous_callers() {
            true => Ok(None),
            false => Err(StartError::Settings(SettingError::Missing {
                key: "auth.issuers",
                expected: "the URL of an authorization server, since this file was composed with `--auth`",
            })),
        };
    };
    let scopes = config.scopes();
    Ok(Some((TokenAuthenticator::new(config, ports)?, scopes)))
}

/// What callers may do: the policy of the file, or that of the settings. It is compiled when a request first needs it.
pub(crate) fn policy(ports: &Ports) -> Result<Option<Arc<LazyAuthorizer>>, StartError> {
    let settings = Policy::read(|name| host::get(&format!("policy.{name}")))?;
    let mut options = PolicyOptions::from_settings(&settings);
    if settings.log_decisions {
        options.log = Some(Arc::new(StandardError));
    }
    let policy = match (authorization::policy(), settings_files(&settings)?.is_empty()) {
        (Some(_), false) => return Err(StartError::TwoPolicies),
        (Some(text), true) => {
            let compile = move || Bundle::from_text(&text).map_err(|error| StartError::from(error).to_string());
            LazyAuthorizer::new(compile, options, ports)
        }
        (None, false) => {
            let compile = move || match Bundle::from_settings_without_address(&settings) {
                Ok(bundle) => bundle.ok_or_else(|| StartError::NoPolicy.to_string()),
                Err(error) => Err(error.to_string()),
            };
            LazyAuthorizer::new(compile, options, ports)
        }
        (None, true) if settings == Policy::default() => return Ok(None),
        (None, true) => return Err(StartError::NoPolicy),
    };
    Ok(Some(Arc::new(policy)))
}

/// The random numbers of the crates of signatures. They name a source of them at compile time, and ask it only to sign or to make keys,
/// which nothing here does.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[allow(unsafe_code, reason = "getrandom finds the function by its name, and no memory is touched")]
#[unsafe(no_mangle)]
extern "Rust" fn __getrandom_v03_custom(_buffer: *mut u8, _length: usize) -> Result<(), getrandom::Error> {
    Err(getrandom::Error::UNSUPPORTED)
}
