//! What a provider is told of a call.

use contract::Provider;
use contract::model::{Context, Principal};
use protocol::envelope::{Meta, ModernEnvelope};
use protocol::version::Version;

use crate::engine::Engine;
use crate::surroundings::Surroundings;

/// The context of a client's request. Its token is never part of it.
pub(crate) fn of_call<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
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
        ..internal(engine)
    };
    // A legacy client has said this once, when it began, and this server keeps nothing of that.
    if let Some(modern) = modern {
        context.capabilities = modern.capabilities;
        context.client = modern.client;
        context.log_level = modern.log_level;
    }
    context
}

/// The context of a question of the server's own.
pub(crate) fn internal<P: Provider, S: Surroundings>(engine: &Engine<P, S>) -> Context {
    let remaining_ms = engine.config.call_timeout_ms.min(engine.config.total_timeout_ms);
    Context {
        protocol_version: Version::MODERN.as_str().to_owned(),
        ..Context::internal(format!("{:016x}", engine.surroundings.random()), remaining_ms)
    }
}
