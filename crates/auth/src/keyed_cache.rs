//! What is known of the tokens that came last, for some time and in a bounded number. No token is in memory for it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use server::{Random, Recent};
use sha2::Sha256;

/// A cache by tokens. The key of an entry is an HMAC-SHA256 of the token with a secret of this process, by which no memory dump tells the
/// token.
pub(crate) struct KeyedCache<V> {
    mac: Hmac<Sha256>,
    entries: Recent<Key, Entry<V>>,
}

type Key = [u8; 32];

#[derive(Clone)]
struct Entry<V> {
    value: V,
    /// Until when it counts, by the clock that is never set back.
    until_ms: u64,
}

impl<V: Clone> KeyedCache<V> {
    /// An empty cache for at most this many tokens; with fewer than 2 it remembers none.
    pub(crate) fn new(max_entries: usize, random: &dyn Random) -> Self {
        // As long as a block of the hash, so that it is used as it is (RFC 2104 §3).
        let mut secret = [0; 64];
        random.fill(&mut secret);
        Self { mac: Hmac::new(&secret.into()), entries: Recent::new(max_entries) }
    }

    /// What is known of a token, unless its time is over.
    pub(crate) fn get(&self, token: &str, now_ms: u64) -> Option<V> {
        let entry = self.entries.get(&self.key(token))?;
        (now_ms < entry.until_ms).then_some(entry.value)
    }

    /// Remembers what is known of a token until then.
    pub(crate) fn insert(&self, token: &str, value: V, until_ms: u64) {
        self.entries.insert(self.key(token), Entry { value, until_ms });
    }

    /// How many tokens are remembered, including those whose time is over.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    fn key(&self, token: &str) -> Key {
        self.mac.clone().chain_update(token).finalize().into_bytes().into()
    }
}
