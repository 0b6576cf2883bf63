//! Tokens that an introspection endpoint has refused, each remembered for a moment, so that a client with a revoked token does not make the
//! server ask at the client's own rate.

use server::Random;

use crate::introspection::IntrospectionError;
use crate::keyed_cache::KeyedCache;

/// How many refused tokens are remembered. A client that always sends another token is stopped by the bound of questions at once.
const MAX_REFUSED: usize = 1000;
/// How long a refusal counts at most, in milliseconds. An authorization server whose parts learn of a new token one after the other may refuse
/// it at first.
const REFUSAL_MS: u64 = 5000;

/// The refusals.
pub(crate) struct RefusedTokens {
    refusals: KeyedCache<IntrospectionError>,
    time_ms: u64,
}

impl RefusedTokens {
    /// None is remembered for longer than an answer counts.
    pub(crate) fn new(cache_s: u32, random: &dyn Random) -> Self {
        let time_ms = REFUSAL_MS.min(u64::from(cache_s) * 1000);
        Self { refusals: KeyedCache::new(MAX_REFUSED, random), time_ms }
    }

    /// Why the token was refused a moment ago.
    pub(crate) fn get(&self, token: &str, now_ms: u64) -> Option<IntrospectionError> {
        self.refusals.get(token, now_ms)
    }

    /// Remembers an error that refuses the token. Where nothing is known of it, the endpoint is asked again.
    pub(crate) fn insert(&self, token: &str, error: &IntrospectionError, now_ms: u64) {
        if error.refuses_token() {
            self.refusals.insert(token, error.clone(), now_ms.saturating_add(self.time_ms));
        }
    }
}
