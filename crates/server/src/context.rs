//! The context that a provider gets with every call.

use contract::model::{Context, Principal};
use protocol::envelope::{Meta, ModernEnvelope};
use protocol::version::Version;

use crate::config::Config;

/// The context of a client's request. The client's token is never part of it.
pub(crate) fn of_request(
    call_id: &str,
    config: &Config,
    version: Version,
    meta: &Meta<'_>,
    modern: Option<ModernEnvelope<'_>>,
    principal: Option<Principal>,
) -> Context {
    let mut context = Context {
        protocol_version: version.as_str().to_owned(),
        principal,
        trace: meta.trace(),
        progress_wanted: meta.progress_token().is_some(),
        meta: meta.raw().map(str::to_owned),
        ..internal(call_id.to_owned(), config)
    };
    // A legacy client has said this once, with `initialize`, and this server stores nothing between requests.
    if let Some(modern) = modern {
        context.capabilities = modern.capabilities;
        context.client = modern.client;
        context.log_level = modern.log_level;
    }
    context
}

/// The context of a call that the server itself makes.
pub(crate) fn internal(call_id: String, config: &Config) -> Context {
    Context::internal(call_id, config.call_timeout_ms.min(config.total_timeout_ms))
}
