//! The context that a provider gets with every call.

use contract::model::{Context, Principal};
use protocol::envelope::{Meta, ModernEnvelope};
use protocol::version::Version;

use crate::config::Config;
use crate::methods::{Operation, lifecycle};

/// The context of a client's request. The client's token is never part of it.
pub(crate) fn of_request(
    call_id: &str,
    config: &Config,
    version: Version,
    meta: &Meta<'_>,
    principal: Option<Principal>,
) -> Context {
    Context {
        protocol_version: version.as_str().to_owned(),
        principal,
        trace: meta.trace(),
        progress_wanted: meta.progress_token().is_some(),
        meta: meta.raw().map(str::to_owned),
        ..internal(call_id.to_owned(), config)
    }
}

/// Adds what a client says of itself: with every request in the modern era, once with `initialize` before. This server stores nothing
/// between requests, so the context of another legacy request has none of it.
pub(crate) fn add_client(context: &mut Context, modern: Option<ModernEnvelope<'_>>, operation: Option<&Operation>) {
    if let Some(modern) = modern {
        context.capabilities = modern.capabilities;
        context.client = modern.client;
        context.log_level = modern.log_level;
    } else if let Some(Operation::Initialize(params)) = operation {
        context.protocol_version = lifecycle::negotiated(params).as_str().to_owned();
        context.capabilities = params.capabilities.clone();
        context.client = Some(params.client.clone());
    }
}

/// The context of a call that the server itself makes.
pub(crate) fn internal(call_id: String, config: &Config) -> Context {
    Context::internal(call_id, config.call_timeout_ms.min(config.total_timeout_ms))
}
