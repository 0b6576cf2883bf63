//! A store in the memory of this process: it ends with the process, and other processes do not see it.

use std::collections::hash_map::RandomState;
use std::collections::{BTreeSet, HashMap};
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::entry::{Entry, StoreError, check_key, check_ttl, check_value};

/// What an entry counts in bytes beyond its key and its value: about what the store needs to find it and to let it expire.
const ENTRY_OVERHEAD: usize = 256;

/// How much a store may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// How many entries.
    pub entries: usize,
    /// How many bytes: those of keys and values, and 256 for each entry.
    pub bytes: usize,
}

/// How many entries a provider may keep.
const MAX_ENTRIES: usize = 10_000;
/// How many bytes they may have together.
const MAX_BYTES: usize = 16 << 20;

impl Room {
    /// What each provider has, unless the operator says something else.
    pub const OF_PROVIDER: Self = Self { entries: MAX_ENTRIES, bytes: MAX_BYTES };
}

/// A store in memory. Every function is told what time it is; the time never goes back.
#[derive(Debug)]
pub struct MemoryStore {
    room: Room,
    entries: Mutex<Entries>,
}

#[derive(Debug)]
struct Entries {
    by_key: HashMap<Arc<str>, Stored>,
    /// The entries that expire, the first one first.
    by_expiry: BTreeSet<(Instant, Arc<str>)>,
    bytes: usize,
    /// The revision of the last write. It begins at random: a revision that was remembered from an earlier process is none of this one.
    revision: u64,
}

#[derive(Debug)]
struct Stored {
    value: Bytes,
    revision: u64,
    expires: Option<Instant>,
}

impl MemoryStore {
    /// An empty store with so much room.
    pub fn new(room: Room) -> Self {
        let entries = Entries {
            by_key: HashMap::new(),
            by_expiry: BTreeSet::new(),
            bytes: 0,
            revision: RandomState::new().hash_one(0),
        };
        Self { room, entries: Mutex::new(entries) }
    }

    /// The entry of a key, where there is one that has not expired.
    pub fn get(&self, key: &str, now: Instant) -> Result<Option<Entry>, StoreError> {
        check_key(key)?;
        Ok(self.lock().get(key, now))
    }

    /// Writes an entry, whether the key has one or not. It expires after this many seconds; without them, never.
    pub fn set(&self, key: &str, value: Bytes, ttl_s: Option<u32>, now: Instant) -> Result<(), StoreError> {
        check(key, &value, ttl_s)?;
        self.lock().set(key, value, ttl_s, now, self.room)
    }

    /// Writes an entry only where the key still has this revision, or, without one, where it has no entry. The answer is whether it
    /// wrote.
    pub fn compare_and_set(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Bytes,
        ttl_s: Option<u32>,
        now: Instant,
    ) -> Result<bool, StoreError> {
        check(key, &value, ttl_s)?;
        let mut entries = self.lock();
        let found = entries.get(key, now).map(|entry| entry.revision);
        if found.as_deref() != expected {
            return Ok(false);
        }
        entries.set(key, value, ttl_s, now, self.room).map(|()| true)
    }

    /// Removes the entry of a key. A key without an entry is no error.
    pub fn delete(&self, key: &str) -> Result<(), StoreError> {
        check_key(key)?;
        self.lock().remove(key);
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        // No code panics while it holds the lock, and the entries are whole between any two calls.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn check(key: &str, value: &[u8], ttl_s: Option<u32>) -> Result<(), StoreError> {
    check_key(key)?;
    check_value(value)?;
    check_ttl(ttl_s)
}

fn cost(key: &str, value: &[u8]) -> usize {
    ENTRY_OVERHEAD.saturating_add(key.len()).saturating_add(value.len())
}

impl Entries {
    fn get(&self, key: &str, now: Instant) -> Option<Entry> {
        let stored = self.by_key.get(key).filter(|stored| stored.expires.is_none_or(|expires| expires > now))?;
        Some(Entry { value: stored.value.clone(), revision: stored.revision.to_string() })
    }

    fn set(&mut self, key: &str, value: Bytes, ttl_s: Option<u32>, now: Instant, room: Room) -> Result<(), StoreError> {
        self.remove_expired(now);
        let replaced = self.by_key.get(key).map_or((0, 0), |stored| (1, cost(key, &stored.value)));
        let entries = self.by_key.len().saturating_sub(replaced.0).saturating_add(1);
        let bytes = self.bytes.saturating_sub(replaced.1).saturating_add(cost(key, &value));
        if entries > room.entries || bytes > room.bytes {
            return Err(StoreError::Full(room));
        }
        self.remove(key);
        self.revision = self.revision.wrapping_add(1);
        let key: Arc<str> = key.into();
        // A time that the clock cannot represent is never.
        let expires = ttl_s.and_then(|seconds| now.checked_add(Duration::from_secs(seconds.into())));
        if let Some(expires) = expires {
            self.by_expiry.insert((expires, Arc::clone(&key)));
        }
        self.by_key.insert(key, Stored { value, revision: self.revision, expires });
        self.bytes = bytes;
        Ok(())
    }

    fn remove(&mut self, key: &str) {
        let Some((key, stored)) = self.by_key.remove_entry(key) else { return };
        self.bytes = self.bytes.saturating_sub(cost(&key, &stored.value));
        if let Some(expires) = stored.expires {
            self.by_expiry.remove(&(expires, key));
        }
    }

    fn remove_expired(&mut self, now: Instant) {
        while let Some((expires, key)) = self.by_expiry.first()
            && *expires <= now
        {
            let key = Arc::clone(key);
            self.remove(&key);
        }
    }
}
