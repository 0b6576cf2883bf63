//! The log of requests: callers that cannot be verified for a reason of the server's, and providers whose part of an answer is missing, at
//! the level `warn`, all else at `debug`. It has no parameters, no results and nothing of the caller.

use std::time::Instant;

use server::{AuthError, Called, Ended, Incomplete, Observer, Refusal, UnusableKeys};
use tracing::level_filters::LevelFilter;

use super::outage_warnings::OutageWarnings;

/// Logs refused callers, each leg of a call, and the end of each request.
#[derive(Default)]
pub(super) struct RequestLog(OutageWarnings);

impl Observer for RequestLog {
    fn refused(&self, refusal: &Refusal<'_>) {
        let Refusal { call_id: request, error } = *refusal;
        match error {
            AuthError::KeysUnavailable { reason } if self.0.keys_are_due(Instant::now()) => {
                tracing::warn!(request, "no caller can be verified: {reason}");
            }
            AuthError::KeysUnavailable { .. } => {}
            error => tracing::debug!(request, "a caller is refused: {error}"),
        }
    }

    fn unusable_keys(&self, keys: &UnusableKeys<'_>) {
        let UnusableKeys { issuer, usable, reasons } = *keys;
        tracing::warn!(
            issuer,
            usable,
            "keys of the issuer `{issuer}` cannot be used, and tokens that they sign are refused: {reasons}"
        );
    }

    fn incomplete(&self, incomplete: &Incomplete<'_>) {
        let Incomplete { call_id: request, provider, reason } = *incomplete;
        if self.0.provider_is_due(provider, Instant::now()) {
            tracing::warn!(provider, request, "{reason}");
        }
    }

    fn called(&self, call: &Called<'_>) {
        if LevelFilter::current() < LevelFilter::DEBUG {
            return;
        }
        let Called { call_id: request, method, owner: provider, duration_ms, error } = *call;
        let outcome = if error.is_some() { "failed" } else { "was answered" };
        tracing::debug!(provider, request, method, duration_ms, "`{method}` {outcome} after {duration_ms} ms");
    }

    fn ended(&self, ended: &Ended<'_>) {
        if LevelFilter::current() < LevelFilter::DEBUG {
            return;
        }
        let Ended { call_id: request, status, error_code, duration_ms } = *ended;
        let code = error_code.map(i64::from);
        match status {
            Some(status) => {
                let error = error_code.map(|code| format!(", error {code}")).unwrap_or_default();
                tracing::debug!(
                    request,
                    status,
                    code,
                    duration_ms,
                    "request {request}: status {status}{error} after {duration_ms} ms"
                );
            }
            None => tracing::debug!(
                request,
                duration_ms,
                "request {request}: its client disconnected after {duration_ms} ms"
            ),
        }
    }
}
