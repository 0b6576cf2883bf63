//! The functions that an engine has compiled, in memory: what a new build of a component has in common with the last one is not compiled
//! again.

use std::borrow::Cow;
use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use wasmtime::CacheStore;

/// How many bytes of compiled functions are kept. A component in Python has some 30 MB of them.
const MAX_BYTES: usize = 128 << 20;

/// Compiled functions by a hash of what they were compiled from, which wasmtime makes. Those that no compilation has asked for lately make
/// room for new ones.
#[derive(Debug)]
pub(crate) struct FunctionCache {
    generations: Mutex<Generations>,
    max_bytes: usize,
}

/// What was used lately, and what was used before that. When the first has half of all bytes, it takes the place of the second.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Vec<u8>, Arc<[u8]>>,
    young_bytes: usize,
    old: HashMap<Vec<u8>, Arc<[u8]>>,
}

impl Default for FunctionCache {
    fn default() -> Self {
        Self::of(MAX_BYTES)
    }
}

impl FunctionCache {
    fn of(max_bytes: usize) -> Self {
        Self { generations: Mutex::default(), max_bytes }
    }

    fn with<T>(&self, action: impl FnOnce(&mut Generations, usize) -> T) -> T {
        action(&mut self.generations.lock().unwrap_or_else(PoisonError::into_inner), self.max_bytes / 2)
    }
}

impl Generations {
    /// Adds a function to those used lately. One that is larger than all of them together may be is not kept.
    fn add(&mut self, key: Vec<u8>, function: Arc<[u8]>, max_bytes: usize) -> bool {
        let bytes = key.len().saturating_add(function.len());
        if bytes > max_bytes {
            return false;
        }
        if self.young_bytes.saturating_add(bytes) > max_bytes {
            self.old = mem::take(&mut self.young);
            self.young_bytes = 0;
        }
        if self.young.insert(key, function).is_none() {
            self.young_bytes = self.young_bytes.saturating_add(bytes);
        }
        true
    }
}

impl CacheStore for FunctionCache {
    fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
        let function = self.with(|generations, max_bytes| {
            if let Some(function) = generations.young.get(key) {
                return Some(Arc::clone(function));
            }
            let (key, function) = generations.old.remove_entry(key)?;
            generations.add(key, Arc::clone(&function), max_bytes);
            Some(function)
        })?;
        Some(Cow::Owned(function.to_vec()))
    }

    fn insert(&self, key: &[u8], function: Vec<u8>) -> bool {
        self.with(|generations, max_bytes| generations.add(key.to_vec(), function.into(), max_bytes))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use wasmtime::{Config, Engine, Module};

    use super::*;

    /// Bytes of all functions that are kept, and of their keys.
    fn bytes(cache: &FunctionCache) -> usize {
        cache.with(|Generations { young, old, .. }, _| {
            young.iter().chain(old.iter()).map(|(key, function)| key.len() + function.len()).sum()
        })
    }

    #[test]
    fn what_was_not_used_lately_makes_room() {
        let cache = FunctionCache::of(400);
        let has = |key: u8| cache.get(&[key]).is_some_and(|function| *function == [key; 49]);
        for key in 0..4 {
            assert!(cache.insert(&[key], vec![key; 49]));
        }
        assert!((0..4).all(has), "200 bytes fit into one half");
        for key in 4..8 {
            assert!(cache.insert(&[key], vec![key; 49]));
            assert!(has(0), "it is used again and again");
        }
        for key in 8..64 {
            assert!(cache.insert(&[key], vec![key; 49]));
            assert!(has(0), "it is used again and again");
            assert!(bytes(&cache) <= 400, "{key}");
        }
        assert!(!has(1) && !has(7), "they were not used for long");
        assert!(has(63));
        assert!(!cache.insert(b"large", vec![0; 200]) && cache.get(b"large").is_none());
    }

    /// Counts what an engine asks the cache for, and what it adds.
    #[derive(Debug, Default)]
    struct Counting {
        cache: FunctionCache,
        added: AtomicUsize,
    }

    impl CacheStore for Counting {
        fn get(&self, key: &[u8]) -> Option<Cow<'_, [u8]>> {
            self.cache.get(key)
        }

        fn insert(&self, key: &[u8], function: Vec<u8>) -> bool {
            self.added.fetch_add(1, Ordering::SeqCst);
            self.cache.insert(key, function)
        }
    }

    #[test]
    fn a_function_that_is_in_the_last_build_too_is_not_compiled_again() {
        let counting = Arc::new(Counting::default());
        let mut config = Config::new();
        config.enable_incremental_compilation(counting.clone()).expect("it is built in");
        // Where several threads compile, one function of the same text is compiled again in a quarter of all runs.
        config.parallel_compilation(false);
        let engine = Engine::new(&config).expect("an engine");
        let added = |module: &str| {
            Module::new(&engine, wat::parse_str(module).expect("text")).expect("a module");
            counting.added.swap(0, Ordering::SeqCst)
        };
        let same = "(func (export \"a\") (param i32) (result i32) local.get 0 i32.const 7 i32.mul)";
        let other = "(func (export \"b\") (param i32) (result i32) local.get 0 i32.clz)";
        let first = added(&format!("(module {same})"));
        assert!(first > 0);
        assert_eq!(added(&format!("(module {same})")), 0, "nothing is new");
        let changed = added(&format!("(module {same} {other})"));
        assert!(changed > 0 && changed <= first, "one function is new: {changed} of {first}");
    }
}
