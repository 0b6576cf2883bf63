//! The time that a provider has for a list or a description: in which others take part, and for all pages together.

use std::borrow::Cow;

use contract::model::{Context, McpError};

use crate::ports::OptionalPorts;

/// How long a provider may take for what several are asked for together, in milliseconds: the others are not kept waiting for longer by
/// one that hangs.
pub(crate) const MAX_MS: u32 = 10_000;

/// The context of a list that several providers answer together.
pub(crate) fn bounded(list: &Context) -> Cow<'_, Context> {
    match list.remaining_ms > MAX_MS {
        true => Cow::Owned(Context { remaining_ms: MAX_MS, ..list.clone() }),
        false => Cow::Borrowed(list),
    }
}

/// When all pages of a list must be there; `None` where each page has a time of its own.
pub(crate) struct Deadline<'a>(Option<(&'a OptionalPorts, u64)>);

impl<'a> Deadline<'a> {
    /// The time begins now, and is what the provider is told for the first page.
    pub(crate) fn of(ports: &'a OptionalPorts, first_page: &Context) -> Self {
        let end_ms = ports.now_ms().map(|now| now.saturating_add(u64::from(first_page.remaining_ms)));
        Self(end_ms.map(|end_ms| (ports, end_ms)))
    }

    /// No deadline.
    pub(crate) fn none() -> Self {
        Self(None)
    }

    /// The context of the next page, in which the provider is told what is left. That nothing is left is an error.
    pub(crate) fn context<'c>(&self, list: &'c Context) -> Result<Cow<'c, Context>, McpError> {
        let Some((end_ms, now_ms)) = self.0.and_then(|(ports, end_ms)| Some((end_ms, ports.now_ms()?))) else {
            return Ok(Cow::Borrowed(list));
        };
        match u32::try_from(end_ms.saturating_sub(now_ms)).unwrap_or(u32::MAX) {
            0 => Err(McpError::DeadlineExceeded),
            left if left < list.remaining_ms => Ok(Cow::Owned(Context { remaining_ms: left, ..list.clone() })),
            _ => Ok(Cow::Borrowed(list)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lookup_context;

    #[test]
    fn no_provider_keeps_the_others_waiting_for_as_long_as_the_call_may_take() {
        for (remaining_ms, told) in [(1, 1), (MAX_MS, MAX_MS), (MAX_MS + 1, MAX_MS), (600_000, MAX_MS)] {
            let call = Context::internal("call".to_owned(), remaining_ms);
            assert_eq!(
                (lookup_context::of(&call).remaining_ms, bounded(&call).remaining_ms),
                (told, told),
                "{remaining_ms}"
            );
        }
    }
}
