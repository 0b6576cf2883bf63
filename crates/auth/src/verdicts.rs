//! Tokens that were verified, each remembered by a keyed hash, so that a client that comes again costs no signature.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use hmac::{Hmac, KeyInit as _, Mac as _};
use server::{Caller, Random};
use sha2::Sha256;

/// So many entries and more are spread over [`SHARDS`] locks.
const SPREAD_FROM: usize = 1024;
/// How many locks a large cache has.
const SHARDS: usize = 16;

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

/// The verdicts on the tokens that came last. A token is in no place of it: the key of an entry is an HMAC-SHA256 of the token with a
/// secret of this process, by which no memory dump tells the token, and no client can choose where its entry is.
pub struct Verdicts {
    mac: Hmac<Sha256>,
    shards: Vec<Mutex<Shard>>,
    /// How many entries each of the two maps of a shard may have.
    half: usize,
}

type Key = [u8; 32];

/// When the young map is full it becomes the old one, and what was in the old one and was not asked for since is forgotten. So nothing
/// is ever searched for what to forget.
#[derive(Default)]
struct Shard {
    young: HashMap<Key, Arc<Entry>>,
    old: HashMap<Key, Arc<Entry>>,
}

struct Entry {
    verdict: Arc<Verdict>,
    /// The end of its validity by the clock that is never set back.
    until_ms: u64,
}

impl fmt::Debug for Verdicts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Verdicts").field("entries", &self.len()).finish_non_exhaustive()
    }
}

impl Verdicts {
    /// An empty cache for at most this many tokens; with fewer than 2 it remembers none.
    pub fn new(max_entries: usize, random: &dyn Random) -> Self {
        // As long as a block of the hash, so that it is used as it is (RFC 2104 §3).
        let mut secret = [0; 64];
        random.fill(&mut secret);
        let shards = if max_entries < SPREAD_FROM { 1 } else { SHARDS };
        Self {
            mac: Hmac::new(&secret.into()),
            shards: std::iter::repeat_with(Mutex::default).take(shards).collect(),
            half: max_entries / shards / 2,
        }
    }

    /// The verdict on a token that has not expired by either clock, where its issuer still has the keys of that generation.
    pub fn get(&self, token: &str, now: Now, generation: impl FnOnce(usize) -> u64) -> Option<Arc<Verdict>> {
        let key = self.key(token);
        let entry = self.with_shard(&key, |shard| match shard.young.get(&key) {
            Some(entry) => Some((Arc::clone(entry), None)),
            None => {
                let entry = shard.old.remove(&key)?;
                Some((Arc::clone(&entry), shard.insert(key, entry, self.half)))
            }
        });
        let (entry, forgotten) = entry??;
        drop(forgotten);
        let verdict = &entry.verdict;
        let valid = now.unix_s < verdict.expires_s
            && now.monotonic_ms < entry.until_ms
            && generation(verdict.issuer) == verdict.generation;
        valid.then(|| Arc::clone(verdict))
    }

    /// Remembers the verdict on a token. One that has expired is not remembered.
    pub fn insert(&self, token: &str, verdict: Arc<Verdict>, now: Now) {
        let left_s = verdict.expires_s.saturating_sub(now.unix_s);
        if left_s == 0 || self.half == 0 {
            return;
        }
        let until_ms = now.monotonic_ms.saturating_add(left_s.saturating_mul(1000));
        let key = self.key(token);
        let entry = Arc::new(Entry { verdict, until_ms });
        // What is forgotten is dropped when the lock is free again.
        let forgotten = self.with_shard(&key, |shard| shard.insert(key, entry, self.half));
        drop(forgotten);
    }

    /// How many tokens are remembered, expired ones included.
    pub fn len(&self) -> usize {
        let lengths = self.shards.iter().map(|shard| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.young.len() + shard.old.len()
        });
        lengths.sum()
    }

    /// Whether no token is remembered.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn key(&self, token: &str) -> Key {
        self.mac.clone().chain_update(token).finalize().into_bytes().into()
    }

    fn with_shard<T>(&self, key: &Key, act: impl FnOnce(&mut Shard) -> T) -> Option<T> {
        let [first, ..] = key;
        let shard = self.shards.get(usize::from(*first) % self.shards.len())?;
        Some(act(&mut shard.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl Shard {
    /// Inserts an entry into the young map, and gives back the old one where it is replaced.
    fn insert(&mut self, key: Key, entry: Arc<Entry>, half: usize) -> Option<HashMap<Key, Arc<Entry>>> {
        let full = self.young.len() >= half && !self.young.contains_key(&key);
        let forgotten = full.then(|| std::mem::replace(&mut self.old, std::mem::take(&mut self.young)));
        self.old.remove(&key);
        self.young.insert(key, entry);
        forgotten
    }
}
