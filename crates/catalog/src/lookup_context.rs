//! The context of lists and descriptions that no client asked for.

use contract::model::Context;

use crate::deadline::MAX_MS;

/// The context in which providers are listed to find an owner or the facts of a tool, and asked for their descriptions:
/// most of them will not run the call. It has the principal, the trace and the remaining time of the call, since a list
/// may depend on them, and neither its `_meta` nor what it says about events.
pub(crate) fn of(call: &Context) -> Context {
    Context {
        call_id: call.call_id.clone(),
        attempt: call.attempt,
        protocol_version: call.protocol_version.clone(),
        client: call.client.clone(),
        capabilities: call.capabilities.clone(),
        principal: call.principal.clone(),
        trace: call.trace.clone(),
        log_level: None,
        progress_wanted: false,
        remaining_ms: call.remaining_ms.min(MAX_MS),
        meta: None,
        extra: call.extra.clone(),
    }
}
