//! Authorization in this component: an instance often lives for one request, so that keys are pinned, or shared through the store of the
//! host.

use auth::{AuthConfig, KeyStorage, Scopes, TokenAuthenticator};
use server::{Ports, SettingError};

use crate::StartError;
use crate::bindings::wasmcp::mcp::settings;

/// Who may call, by the settings. A component that can ask for authorization never serves without it.
pub(crate) fn authorization(ports: &Ports) -> Result<(TokenAuthenticator, Scopes), StartError> {
    // Whether the host has a store is not asked: it would cost each instance a question over the network. Where keys are not pinned the store
    // is read, and one that is not there is an error that says so.
    let config = AuthConfig::read(|name| settings::get(&format!("auth.{name}")), || KeyStorage::Store)?;
    let required = SettingError::Missing {
        key: "auth.issuers",
        expected: "the URL of an authorization server, since this file was composed with `--auth`",
    };
    let config = config.ok_or(required)?;
    let scopes = config.scopes();
    Ok((TokenAuthenticator::new(config, ports)?, scopes))
}

/// The random numbers of the crates of signatures. They name a source of them at compile time, and ask it only to sign or to make keys,
/// which nothing here does.
#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
#[allow(unsafe_code, reason = "getrandom finds the function by its name, and no memory is touched")]
#[unsafe(no_mangle)]
extern "Rust" fn __getrandom_v03_custom(_buffer: *mut u8, _length: usize) -> Result<(), getrandom::Error> {
    Err(getrandom::Error::UNSUPPORTED)
}
