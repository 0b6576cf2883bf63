//! What was asked for last: a bounded map that is never searched for what to forget.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::{Mutex, PoisonError};

/// So many entries and more are spread over [`SHARDS`] locks.
const SPREAD_FROM: usize = 1024;
/// How many locks a large map has.
const SHARDS: usize = 16;

/// Keeps the entries that were inserted or asked for last. No client can choose in which part of it a key is.
pub struct Recent<K, V> {
    hasher: RandomState,
    shards: Vec<Mutex<Shard<K, V>>>,
    /// How many entries each of the two maps of a shard may have.
    half: usize,
}

/// When the young map is full it becomes the old one, and what was in the old one and was not asked for since is forgotten.
struct Shard<K, V> {
    young: HashMap<K, V>,
    old: HashMap<K, V>,
}

impl<K: Eq + Hash, V: Clone> Recent<K, V> {
    /// An empty map for at most this many entries; with fewer than 2 it keeps none.
    pub fn new(max_entries: usize) -> Self {
        let shards = if max_entries < SPREAD_FROM { 1 } else { SHARDS };
        let empty = || Mutex::new(Shard { young: HashMap::new(), old: HashMap::new() });
        Self {
            hasher: RandomState::new(),
            shards: std::iter::repeat_with(empty).take(shards).collect(),
            half: max_entries / shards / 2,
        }
    }

    /// The value of a key, which is forgotten later for that.
    pub fn get(&self, key: &K) -> Option<V> {
        let (value, forgotten) = self.with_shard(key, |shard| match shard.young.get(key) {
            Some(value) => Some((value.clone(), None)),
            None => {
                let (key, value) = shard.old.remove_entry(key)?;
                Some((value.clone(), shard.insert(key, value, self.half)))
            }
        })??;
        drop(forgotten);
        Some(value)
    }

    /// Keeps a value.
    pub fn insert(&self, key: K, value: V) {
        if self.half == 0 {
            return;
        }
        let Some(shard) = self.shard(&key) else { return };
        // What is forgotten is dropped when the lock is free again.
        let forgotten = shard.lock().unwrap_or_else(PoisonError::into_inner).insert(key, value, self.half);
        drop(forgotten);
    }

    /// How many entries are kept.
    pub fn len(&self) -> usize {
        let lengths = self.shards.iter().map(|shard| {
            let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            shard.young.len() + shard.old.len()
        });
        lengths.sum()
    }

    /// Whether no entry is kept.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn shard(&self, key: &K) -> Option<&Mutex<Shard<K, V>>> {
        match self.shards.as_slice() {
            [only] => Some(only),
            shards => {
                let place = self.hasher.hash_one(key) % SHARDS as u64;
                shards.get(usize::try_from(place).unwrap_or_default())
            }
        }
    }

    fn with_shard<T>(&self, key: &K, act: impl FnOnce(&mut Shard<K, V>) -> T) -> Option<T> {
        let shard = self.shard(key)?;
        Some(act(&mut shard.lock().unwrap_or_else(PoisonError::into_inner)))
    }
}

impl<K: Eq + Hash, V> Shard<K, V> {
    /// Inserts an entry into the young map, and gives back the old one where it is replaced.
    fn insert(&mut self, key: K, value: V, half: usize) -> Option<HashMap<K, V>> {
        let full = self.young.len() >= half && !self.young.contains_key(&key);
        let forgotten = full.then(|| std::mem::replace(&mut self.old, std::mem::take(&mut self.young)));
        self.old.remove(&key);
        self.young.insert(key, value);
        forgotten
    }
}
