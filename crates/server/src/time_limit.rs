//! How long a request may take with all legs of its call, and how long the provider may that is called next.

use std::pin::Pin;

use contract::Provider;
use futures_util::future::{Either, poll_immediate, select};

use crate::error::{CallError, RequestError};
use crate::invocation::Invocation;

impl<P: Provider> Invocation<P> {
    /// How much of `transport.total-timeout-ms` is left after this pause. That none is left is an error.
    pub(crate) fn remaining_ms(&self, pause_ms: u32) -> Result<u32, RequestError> {
        self.remaining_at(self.engine.ports.clock.monotonic_ms(), pause_ms)
    }

    /// How much of it is left at this moment.
    pub(crate) fn remaining_at(&self, now_ms: u64, pause_ms: u32) -> Result<u32, RequestError> {
        let elapsed_ms = now_ms.saturating_sub(self.began_ms);
        let taken_ms = elapsed_ms.saturating_add(u64::from(pause_ms));
        let total_ms = self.granted.limits.time_ms.unwrap_or(u32::MAX).min(self.engine.config.total_timeout_ms);
        match u64::from(total_ms).saturating_sub(taken_ms) {
            0 => Err(CallError::TotalTimeout.into()),
            left => Ok(u32::try_from(left).unwrap_or(u32::MAX)),
        }
    }

    /// Tells the provider that is called next how long it may take.
    pub(crate) fn update_remaining_time(&mut self) -> Result<(), RequestError> {
        let now_ms = self.engine.ports.clock.monotonic_ms();
        let remaining_ms = self.remaining_at(now_ms, 0)?.min(self.engine.config.call_timeout_ms);
        self.context.remaining_ms = remaining_ms;
        self.call_ends_ms = now_ms.saturating_add(remaining_ms.into());
        Ok(())
    }

    /// Runs a future for no longer than what is left of `transport.total-timeout-ms`. One that is ready at once, since a snapshot has the
    /// answer, costs no timer.
    pub(crate) async fn in_total_time<T>(
        &self,
        mut future: Pin<&mut (impl Future<Output = T> + Send)>,
    ) -> Result<T, RequestError> {
        if let Some(output) = poll_immediate(future.as_mut()).await {
            return Ok(output);
        }
        let timer = self.engine.ports.clock.sleep_ms(self.remaining_ms(0)?);
        match select(future, timer).await {
            Either::Left((output, _)) => Ok(output),
            Either::Right(_) => Err(CallError::TotalTimeout.into()),
        }
    }
}
