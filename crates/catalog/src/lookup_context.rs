//! The context of lists and descriptions that no client asked for.

use std::borrow::Cow;

use contract::model::Context;

/// How long a provider may take for what several are asked for together, in milliseconds: the others are not kept waiting for longer by
/// one that hangs.
pub(crate) const MAX_MS: u32 = 10_000;

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

/// The context of a list that several providers answer together.
pub(crate) fn bounded(list: &Context) -> Cow<'_, Context> {
    match list.remaining_ms > MAX_MS {
        true => Cow::Owned(Context { remaining_ms: MAX_MS, ..list.clone() }),
        false => Cow::Borrowed(list),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_provider_keeps_the_others_waiting_for_as_long_as_the_call_may_take() {
        for (remaining_ms, told) in [(1, 1), (MAX_MS, MAX_MS), (MAX_MS + 1, MAX_MS), (600_000, MAX_MS)] {
            let call = Context::internal("call".to_owned(), remaining_ms);
            assert_eq!((of(&call).remaining_ms, bounded(&call).remaining_ms), (told, told), "{remaining_ms}");
        }
    }
}
