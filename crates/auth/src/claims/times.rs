//! `exp`, `nbf` and `iat` (RFC 7519 §4.1.4 to §4.1.6).

use serde_json::{Map, Value};

use super::{bad, present};
use crate::error::TokenError;

/// The last second of the year 9999, the last that dates are written for.
const MAX_TIME: f64 = 253_402_300_799.0;

/// Checks the times of a token and returns its `exp`. A token counts before `exp`, not at it. There is no limit to its age but that.
pub(super) fn check(members: &Map<String, Value>, skew_s: u64, now_s: u64) -> Result<u64, TokenError> {
    let expires_s = time(members, "exp")?.ok_or(TokenError::NoExpiry)?;
    if now_s >= expires_s.saturating_add(skew_s) {
        return Err(TokenError::Expired);
    }
    let latest = now_s.saturating_add(skew_s);
    if time(members, "nbf")?.is_some_and(|time| time > latest) {
        return Err(TokenError::NotYetValid);
    }
    if time(members, "iat")?.is_some_and(|time| time > latest) {
        return Err(TokenError::IssuedInFuture);
    }
    Ok(expires_s)
}

/// A NumericDate (RFC 7519 §2) in whole seconds, as the clock of the server counts.
fn time(members: &Map<String, Value>, claim: &'static str) -> Result<Option<u64>, TokenError> {
    let Some(value) = present(members, claim) else { return Ok(None) };
    let seconds = value.as_f64().filter(|seconds| (0.0..=MAX_TIME).contains(seconds)).ok_or_else(|| bad(claim))?;
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 2^38")]
    let seconds = seconds as u64;
    Ok(Some(seconds))
}
