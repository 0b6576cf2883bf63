//! The store of the engine: in memory, and apart from those of providers.

use std::future::ready;
use std::time::Instant;

use bytes::Bytes;
use server::{BoxFuture, Store};
use state::{Entry, MemoryStore, Room, StoreError};

/// How many entries there may be. What cannot be stored is an error, so that clients cannot fill the memory.
const MAX_ENTRIES: usize = 100_000;
/// How many bytes they may have together.
const MAX_BYTES: usize = 64 << 20;

/// The store of the engine.
pub(crate) struct EngineStore(MemoryStore);

impl EngineStore {
    pub(crate) fn new() -> Self {
        Self(MemoryStore::new(Room { entries: MAX_ENTRIES, bytes: MAX_BYTES }))
    }
}

impl Store for EngineStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
        Box::pin(ready(self.0.get(key, Instant::now())))
    }

    fn set<'a>(&'a self, key: &'a str, value: Bytes, ttl_s: Option<u32>) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(ready(self.0.set(key, value, ttl_s, Instant::now())))
    }

    fn compare_and_set<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        value: Bytes,
        ttl_s: Option<u32>,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(ready(self.0.compare_and_set(key, expected, value, ttl_s, Instant::now())))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(ready(self.0.delete(key)))
    }
}
