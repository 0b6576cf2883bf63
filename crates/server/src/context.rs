//! What a provider is told of a call.

use contract::Provider;
use contract::model::{ClientCapabilities, ClientFeatures, Context, Principal};
use protocol::envelope::{Meta, Modern};
use protocol::version::Version;

use crate::engine::Engine;
use crate::surroundings::Surroundings;

/// The context of a client's request. Its token is never part of it.
pub(crate) fn of_call<P: Provider, S: Surroundings>(
    engine: &Engine<P, S>,
    version: Version,
    meta: &Meta<'_>,
    modern: Option<Modern<'_>>,
    principal: Option<Principal>,
) -> Context {
    let (capabilities, client, log_level) = match modern {
        Some(modern) => (modern.capabilities, modern.client, modern.log_level),
        // A legacy client has said this once, when it began, and this server keeps nothing of that.
        None => (no_capabilities(), None, None),
    };
    Context {
        protocol_version: version.as_str().to_owned(),
        client,
        capabilities,
        principal,
        trace: meta.trace(),
        log_level,
        progress_wanted: meta.progress_token().is_some(),
        meta: meta.raw().map(str::to_owned),
        ..internal(engine)
    }
}

/// The context of a question of the server's own.
pub(crate) fn internal<P: Provider, S: Surroundings>(engine: &Engine<P, S>) -> Context {
    Context {
        call_id: format!("{:016x}", engine.surroundings.random()),
        attempt: 1,
        protocol_version: Version::MODERN.as_str().to_owned(),
        client: None,
        capabilities: no_capabilities(),
        principal: None,
        trace: None,
        log_level: None,
        progress_wanted: false,
        remaining_ms: engine.config.call_timeout_ms.min(engine.config.total_timeout_ms),
        meta: None,
        extra: None,
    }
}

fn no_capabilities() -> ClientCapabilities {
    ClientCapabilities {
        features: ClientFeatures::empty(),
        extensions: Vec::new(),
        experimental: Vec::new(),
        extra: None,
    }
}
