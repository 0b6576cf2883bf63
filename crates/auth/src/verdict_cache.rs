//! Tokens that were verified, each remembered by a keyed hash, so that a client that comes again costs no signature.

use std::fmt;
use std::sync::Arc;

use server::{Caller, Random};

use crate::keyed_cache::KeyedCache;

/// What was found of a token.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// Who sends it.
    pub caller: Arc<Caller>,
    /// The place of its issuer among those of the configuration.
    pub issuer: usize,
    /// The generation of the issuer's keys that verified it.
    pub generation: u64,
    /// When it expires, in whole seconds since 1970.
    pub expires_s: u64,
}

/// The two clocks at one moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Seconds since 1970. This clock may be set back.
    pub unix_s: u64,
    /// Milliseconds of the clock that never goes back.
    pub monotonic_ms: u64,
}

/// The verdicts on the tokens that came last. A token is in no place of it.
pub struct Verdicts(KeyedCache<Arc<Verdict>>);

impl fmt::Debug for Verdicts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Verdicts").field("entries", &self.len()).finish_non_exhaustive()
    }
}

impl Verdicts {
    /// An empty cache for at most this many tokens; with fewer than 2 it remembers none.
    pub fn new(max_entries: usize, random: &dyn Random) -> Self {
        Self(KeyedCache::new(max_entries, random))
    }

    /// The verdict on a token that has not expired by either clock, where its issuer still has the keys of that generation.
    pub fn get(&self, token: &str, now: Now, generation: impl FnOnce(usize) -> u64) -> Option<Arc<Verdict>> {
        let verdict = self.0.get(token, now.monotonic_ms)?;
        (now.unix_s < verdict.expires_s && generation(verdict.issuer) == verdict.generation).then_some(verdict)
    }

    /// Remembers the verdict on a token. One that has expired is not remembered.
    pub fn insert(&self, token: &str, verdict: Arc<Verdict>, now: Now) {
        let left_s = verdict.expires_s.saturating_sub(now.unix_s);
        if left_s > 0 {
            self.0.insert(token, verdict, now.monotonic_ms.saturating_add(left_s.saturating_mul(1000)));
        }
    }

    /// How many tokens are remembered, expired ones included.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no token is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
