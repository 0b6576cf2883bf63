//! The store of the engine in the memory of this process: it ends with the process, and other processes do not see it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use server::{BoxFuture, Entry, Store, StoreError};

/// How many entries there may be. What cannot be stored is an error, so that clients cannot fill the memory.
const MAX_ENTRIES: usize = 100_000;

/// A store in memory.
#[derive(Default)]
pub(crate) struct MemoryStore(Mutex<Entries>);

#[derive(Default)]
struct Entries {
    by_key: HashMap<String, Stored>,
    /// How many writes there were: the revision of the next one.
    writes: u64,
}

struct Stored {
    value: Bytes,
    revision: u64,
    expires: Option<Instant>,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Entries> {
        // No code panics while it holds the lock, and the entries are whole between any two lines.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entries {
    fn get(&self, key: &str, now: Instant) -> Option<Entry> {
        let stored = self.by_key.get(key).filter(|stored| !stored.is_expired(now))?;
        Some(Entry { value: stored.value.clone(), revision: stored.revision.to_string() })
    }

    fn set(&mut self, key: &str, value: Bytes, ttl_s: Option<u32>, now: Instant) -> Result<(), StoreError> {
        if self.by_key.len() >= MAX_ENTRIES && !self.by_key.contains_key(key) {
            self.by_key.retain(|_, stored| !stored.is_expired(now));
            if self.by_key.len() >= MAX_ENTRIES {
                return Err(StoreError(format!("it has {MAX_ENTRIES} entries already")));
            }
        }
        self.writes += 1;
        let expires = ttl_s.and_then(|seconds| now.checked_add(Duration::from_secs(seconds.into())));
        self.by_key.insert(key.to_owned(), Stored { value, revision: self.writes, expires });
        Ok(())
    }
}

impl Stored {
    fn is_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

impl Store for MemoryStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
        Box::pin(std::future::ready(Ok(self.lock().get(key, Instant::now()))))
    }

    fn set<'a>(&'a self, key: &'a str, value: Bytes, ttl_s: Option<u32>) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(std::future::ready(self.lock().set(key, value, ttl_s, Instant::now())))
    }

    fn compare_and_set<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        value: Bytes,
        ttl_s: Option<u32>,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        let now = Instant::now();
        let mut entries = self.lock();
        let is_expected = entries.get(key, now).as_ref().map(|entry| entry.revision.as_str()) == expected;
        let written = if is_expected { entries.set(key, value, ttl_s, now).map(|()| true) } else { Ok(false) };
        Box::pin(std::future::ready(written))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &'static str) -> Bytes {
        Bytes::from_static(text.as_bytes())
    }

    #[test]
    fn an_entry_is_there_until_it_expires() {
        let (mut entries, now) = (Entries::default(), Instant::now());
        entries.set("a", value("1"), Some(10), now).expect("room");
        entries.set("b", value("2"), None, now).expect("room");
        for (seconds, is_there) in [(0, true), (9, true), (10, false), (11, false)] {
            let later = now + Duration::from_secs(seconds);
            assert_eq!(entries.get("a", later).is_some(), is_there, "after {seconds} s");
            assert_eq!(entries.get("b", later).map(|entry| entry.value), Some(value("2")));
        }
    }

    #[test]
    fn a_full_store_takes_a_new_key_only_in_the_place_of_an_expired_one() {
        let (mut entries, now) = (Entries::default(), Instant::now());
        for key in 0..MAX_ENTRIES {
            entries.set(&key.to_string(), value("1"), (key == 0).then_some(10), now).expect("room");
        }
        assert!(entries.set("new", value("1"), None, now).is_err());
        assert!(entries.set("1", value("2"), None, now).is_ok(), "a key that is there");
        assert!(entries.set("new", value("1"), None, now + Duration::from_secs(10)).is_ok());
    }

    #[tokio::test]
    async fn only_who_knows_the_revision_replaces_an_entry() {
        let store = MemoryStore::default();
        assert_eq!(store.compare_and_set("a", Some("1"), value("1"), None).await, Ok(false));
        assert_eq!(store.compare_and_set("a", None, value("1"), None).await, Ok(true));
        assert_eq!(store.compare_and_set("a", None, value("2"), None).await, Ok(false));
        let entry = store.get("a").await.expect("store").expect("entry");
        assert_eq!(store.compare_and_set("a", Some(&entry.revision), value("2"), None).await, Ok(true));
        assert_eq!(store.compare_and_set("a", Some(&entry.revision), value("3"), None).await, Ok(false));
        assert_eq!(store.get("a").await.expect("store").map(|entry| entry.value), Some(value("2")));
    }
}
