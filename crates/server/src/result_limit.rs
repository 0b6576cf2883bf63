//! The message with a result, which is not larger than clients are sent.

use contract::Provider;
use contract::model::McpError;
use http::StatusCode;
use protocol::jsonrpc::reply;
use protocol::{EncodeError, JsonBuffer};

use crate::error::{CallError, RequestError};
use crate::http::response::{Response, json};
use crate::invocation::Invocation;

/// A message of so many bytes is written in some hundredths of a millisecond. A larger one is begun anew, apart from other requests.
const MAX_QUICK: usize = 256 << 10;

impl<P: Provider> Invocation<P> {
    /// The response with a result.
    pub(crate) fn respond(
        &self,
        write: impl Fn(&mut JsonBuffer) -> Result<(), EncodeError>,
    ) -> Result<Response, RequestError> {
        Ok(json(StatusCode::OK, self.encode(write)?))
    }

    /// How many bytes a result, and what a leg has to say before it, may have.
    pub(crate) fn result_limit(&self) -> usize {
        self.granted.limits.result_bytes.unwrap_or(usize::MAX).min(self.engine.config.result_limit)
    }

    /// The message with a result, if it is not larger than clients are sent, and is written in the time of the request, and of the call: what
    /// a provider answers takes time to write. An answer that itself came late, from a provider whose host does not end it, is no error here.
    pub(crate) fn encode(
        &self,
        write: impl Fn(&mut JsonBuffer) -> Result<(), EncodeError>,
    ) -> Result<Vec<u8>, RequestError> {
        let (limit, clock) = (self.result_limit(), &self.engine.ports.clock);
        let began_ms = clock.monotonic_ms();
        let mut message = reply::result(&self.id, limit.min(MAX_QUICK), &write);
        if limit > MAX_QUICK && matches!(message, Ok(None)) {
            (self.engine.ports.apart)(&mut || message = reply::result(&self.id, limit, &write));
        }
        let message = message?.ok_or(CallError::ResultTooLarge(limit))?;
        let ended_ms = clock.monotonic_ms();
        self.remaining_at(ended_ms, 0)?;
        if (began_ms..ended_ms).contains(&self.call_ends_ms) {
            return Err(CallError::Provider(McpError::DeadlineExceeded).into());
        }
        Ok(message)
    }
}
