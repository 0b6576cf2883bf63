//! Expiry by a clock of the test, revisions, and what does not fit.

use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::{MAX_KEY_BYTES, MAX_VALUE_BYTES, MemoryStore, Room, StoreError};

const ROOM: Room = Room { entries: 3, bytes: 1 << 20 };

fn value(store: &MemoryStore, key: &str, now: Instant) -> Option<Bytes> {
    store.get(key, now).expect("a key").map(|entry| entry.value)
}

fn revision(store: &MemoryStore, key: &str, now: Instant) -> Option<String> {
    store.get(key, now).expect("a key").map(|entry| entry.revision)
}

#[test]
fn an_entry_is_there_until_its_time_is_over_and_a_write_gives_it_a_new_one() {
    let (store, begin) = (MemoryStore::new(ROOM), Instant::now());
    let at = |seconds| begin + Duration::from_secs(seconds);
    store.set("short", "1".into(), Some(10), begin).expect("room");
    store.set("long", "1".into(), Some(u32::MAX), begin).expect("room");
    store.set("ever", "1".into(), None, begin).expect("room");
    for (seconds, is_there) in [(0, true), (9, true), (10, false), (11, false)] {
        assert_eq!(value(&store, "short", at(seconds)).is_some(), is_there, "after {seconds} s");
        assert!(value(&store, "long", at(seconds)).is_some() && value(&store, "ever", at(seconds)).is_some());
    }
    store.set("short", "2".into(), Some(10), at(5)).expect("room");
    assert_eq!(value(&store, "short", at(14)), Some("2".into()));
    store.set("short", "3".into(), None, at(6)).expect("room");
    assert_eq!(value(&store, "short", at(1_000_000)), Some("3".into()), "without a time to live");
}

#[test]
fn only_who_knows_the_revision_replaces_an_entry() {
    let (store, now) = (MemoryStore::new(ROOM), Instant::now());
    let later = now + Duration::from_secs(10);
    let write = |expected: Option<&str>, now| store.compare_and_set("a", expected, "1".into(), Some(10), now);
    assert_eq!(write(Some("1"), now), Ok(false), "no entry");
    assert_eq!(write(None, now), Ok(true));
    assert_eq!(write(None, now), Ok(false), "an entry");
    let first = revision(&store, "a", now);
    assert_eq!(write(first.as_deref(), now), Ok(true));
    assert_eq!(write(first.as_deref(), now), Ok(false), "an earlier revision");
    let second = revision(&store, "a", now);
    assert_eq!(write(second.as_deref(), later), Ok(false), "an entry that has expired");
    assert_eq!(write(None, later), Ok(true), "the place of an entry that has expired");
    store.delete("a").expect("a key");
    assert_eq!(write(None, later), Ok(true), "the place of an entry that was deleted");
    assert_ne!(revision(&store, "a", later), first);
}

#[test]
fn the_revisions_of_two_stores_differ() {
    let now = Instant::now();
    let of_one = || {
        let store = MemoryStore::new(ROOM);
        store.set("a", "1".into(), None, now).expect("room");
        revision(&store, "a", now)
    };
    assert_ne!(of_one(), of_one());
}

#[test]
fn a_full_store_takes_a_new_key_only_in_the_place_of_another() {
    let (store, now) = (MemoryStore::new(ROOM), Instant::now());
    let later = now + Duration::from_secs(10);
    for (key, ttl_s) in [("a", Some(10)), ("b", None), ("c", None)] {
        store.set(key, "1".into(), ttl_s, now).expect("room");
    }
    assert_eq!(store.set("d", "1".into(), None, now), Err(StoreError::Full(ROOM)));
    assert_eq!(store.compare_and_set("d", None, "1".into(), None, now), Err(StoreError::Full(ROOM)));
    assert_eq!(store.set("b", "2".into(), None, now), Ok(()), "a key that is there");
    assert_eq!(store.set("d", "1".into(), None, later), Ok(()), "one has expired");
    assert_eq!(store.set("e", "1".into(), None, later), Err(StoreError::Full(ROOM)));
    store.delete("c").expect("a key");
    assert_eq!(store.set("e", "1".into(), None, later), Ok(()), "one was deleted");
    assert_eq!(value(&store, "b", later), Some("2".into()));
}

#[test]
fn the_bytes_of_all_entries_have_a_bound_and_are_given_back_whole() {
    let room = Room { entries: 100, bytes: 1000 };
    let (store, now) = (MemoryStore::new(room), Instant::now());
    let bytes = |count: usize| Bytes::from(vec![0; count]);
    // 256 bytes of overhead and 1 of the key.
    for round in 0..3 {
        assert_eq!(store.set("a", bytes(743), None, now), Ok(()), "round {round}");
        assert_eq!(store.set("a", bytes(744), None, now), Err(StoreError::Full(room)));
        assert_eq!(value(&store, "a", now).map(|value| value.len()), Some(743), "what was there before");
        assert_eq!(store.set("b", bytes(0), None, now), Err(StoreError::Full(room)));
        assert_eq!(store.set("a", bytes(486), Some(1), now), Ok(()), "a smaller value");
        assert_eq!(store.set("b", bytes(0), None, now), Ok(()));
        store.delete("b").expect("a key");
        store.delete("a").expect("a key");
        store.delete("a").expect("a key without an entry");
    }
}

#[test]
fn what_has_no_place_in_any_store_is_refused_before_it_changes_anything() {
    let (store, now) = (MemoryStore::new(ROOM), Instant::now());
    let long = "k".repeat(MAX_KEY_BYTES + 1);
    let large = Bytes::from(vec![0; MAX_VALUE_BYTES + 1]);
    assert_eq!(store.get(&long, now), Err(StoreError::KeyTooLong(513)));
    assert_eq!(store.delete(&long), Err(StoreError::KeyTooLong(513)));
    for (key, value, ttl_s, expected) in [
        (long.as_str(), Bytes::new(), None, StoreError::KeyTooLong(513)),
        ("a", large, None, StoreError::ValueTooLarge((512 << 10) + 1)),
        ("a", Bytes::new(), Some(0), StoreError::NoTime),
    ] {
        assert_eq!(store.set(key, value.clone(), ttl_s, now), Err(expected.clone()));
        assert_eq!(store.compare_and_set(key, None, value, ttl_s, now), Err(expected));
    }
    for key in ["", "ä€\0\n", &long[1..]] {
        let largest = Bytes::from(vec![0; MAX_VALUE_BYTES]);
        assert_eq!(store.set(key, largest.clone(), Some(1), now), Ok(()), "{key:?}");
        assert_eq!(value(&store, key, now), Some(largest));
        store.delete(key).expect("a key");
    }
}
