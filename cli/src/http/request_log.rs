//! The log of requests, at the level `debug`. It has no parameters, no results and nothing of the caller.

use server::{Called, Ended, Observer};

/// Logs each leg of a call, and the end of each request.
pub(super) struct RequestLog;

impl Observer for RequestLog {
    fn called(&self, call: &Called<'_>) {
        let Called { call_id: request, method, owner: provider, duration_ms, error } = *call;
        let outcome = if error.is_some() { "failed" } else { "was answered" };
        tracing::debug!(provider, request, method, duration_ms, "`{method}` {outcome} after {duration_ms} ms");
    }

    fn ended(&self, ended: &Ended<'_>) {
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
