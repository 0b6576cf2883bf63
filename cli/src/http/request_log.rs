//! The log of requests: callers that cannot be verified for a reason of the server's, and providers whose part of an answer is missing, at
//! the level `warn`, all else at `debug`. It has no parameters, no results and nothing of the caller.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use server::{AuthError, Called, Ended, Incomplete, Observer, Refusal, UnusableKeys};
use tracing::level_filters::LevelFilter;

/// How often the same is logged again: that no caller can be verified, or that a part of one provider is missing.
const UNAVAILABLE_INTERVAL: Duration = Duration::from_secs(10);

/// Logs refused callers, each leg of a call, and the end of each request.
#[derive(Default)]
pub(super) struct RequestLog {
    /// When it was last logged that no caller can be verified.
    unavailable: Mutex<Option<Instant>>,
    /// When it was last logged that a part of a provider is missing, by its name. The operator decides how many there are.
    incomplete: Mutex<BTreeMap<String, Instant>>,
}

impl RequestLog {
    /// Whether it is time to log again that no caller can be verified: every request would say so until the issuer is back.
    fn is_due(&self, now: Instant) -> bool {
        let mut logged = self.unavailable.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = logged.is_none_or(|logged| now.duration_since(logged) >= UNAVAILABLE_INTERVAL);
        if is_due {
            *logged = Some(now);
        }
        is_due
    }

    /// The same of a provider whose part is missing: every list would say so until it is back.
    fn is_incomplete_due(&self, provider: &str, now: Instant) -> bool {
        let mut all = self.incomplete.lock().unwrap_or_else(PoisonError::into_inner);
        let is_due = all.get(provider).is_none_or(|logged| now.duration_since(*logged) >= UNAVAILABLE_INTERVAL);
        if is_due {
            all.insert(provider.to_owned(), now);
        }
        is_due
    }
}

impl Observer for RequestLog {
    fn refused(&self, refusal: &Refusal<'_>) {
        let Refusal { call_id: request, error } = *refusal;
        match error {
            AuthError::KeysUnavailable { reason } if self.is_due(Instant::now()) => {
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
        if self.is_incomplete_due(provider, Instant::now()) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_down_is_logged_once_in_an_interval() {
        let (log, start) = (RequestLog::default(), Instant::now());
        for (seconds, is_due) in [(0, true), (1, false), (9, false), (10, true), (15, false), (20, true)] {
            let now = start + Duration::from_secs(seconds);
            assert_eq!(log.is_due(now), is_due, "after {seconds} s");
            assert_eq!(log.is_incomplete_due("a", now), is_due, "after {seconds} s");
        }
        assert!(log.is_incomplete_due("b", start), "of another provider");
    }
}
