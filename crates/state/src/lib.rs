//! What the service `state` of the contract stores, wherever it is stored: the bounds of an entry, and a store in memory. Pure: no I/O,
//! and the time is an argument.
//!
//! ```
//! use std::time::Instant;
//! use state::{MemoryStore, Room, StoreError};
//!
//! let (store, now) = (MemoryStore::new(Room { entries: 1, bytes: 1024 }), Instant::now());
//! store.set("a", "1".into(), None, now)?;
//! let entry = store.get("a", now)?.expect("an entry");
//! assert!(store.compare_and_set("a", Some(&entry.revision), "2".into(), None, now)?);
//! assert!(matches!(store.set("b", "1".into(), None, now), Err(StoreError::Full(_))));
//! # Ok::<(), StoreError>(())
//! ```
//!
//! # Design
//! - A store is one namespace. Two namespaces are two stores, so that no key of one can be written as a key of the other.
//! - A key is any text, the empty one too. Where keys may have certain characters only, the store encodes them.
//! - The bounds of an entry are the same everywhere, so that what is stored on one host can be stored on all.

mod entry;
mod memory;
#[cfg(test)]
mod memory_tests;

pub use entry::{Entry, MAX_KEY_BYTES, MAX_VALUE_BYTES, StoreError, check_key, check_ttl, check_value};
pub use memory::{MemoryStore, Room};
