//! Keys that instances share through the store, where the memory of an instance ends with its request.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use server::{Clock, Store, StoreError};
use sha2::{Digest as _, Sha256};

use super::Times;
use super::error::KeysErrorCause;
use super::refetch::{Answer, Outcome, Want};
use super::source::Source;
use crate::key_set::KeySet;

/// The first and the longest pause between two looks at the store.
const PAUSES_MS: (u32, u32) = (10, 200);
/// The value of a lease whose holder fetches, or has fetched.
const FETCHES: &[u8] = b"fetches";
/// The value of a lease whose holder has failed.
const FAILED: &[u8] = b"failed";

/// The keys of one issuer in the store. An entry has the keys as they came; a second one, the lease, belongs for an interval to the
/// instance that fetches them, whatever becomes of that instance.
pub(super) struct SharedKeys {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    entry: String,
    lease: String,
    times: Times,
}

struct SharedEntry {
    set: Arc<KeySet>,
    fetched_unix_ms: u64,
    age_ms: u64,
}

impl SharedKeys {
    pub(super) fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>, source: &Source, times: Times) -> Self {
        let mut hash = Sha256::new();
        hash.update(&source.issuer);
        hash.update([0]);
        hash.update(source.jwks_uri.as_deref().unwrap_or_default());
        let name = URL_SAFE_NO_PAD.encode(hash.finalize());
        Self { store, clock, entry: format!("auth-keys.{name}"), lease: format!("auth-keys-lease.{name}"), times }
    }

    /// The keys of the store where they are fresh and met the want, else those that this instance fetches, or that another one fetches
    /// meanwhile. Where that fails, the keys of the store as they are.
    pub(super) async fn get(&self, source: &Source, want: Want<'_>, until_ms: u64) -> Outcome {
        let old = self.read().await?;
        if let Some(entry) = &old
            && (self.is_recent(entry) || (entry.age_ms < self.times.refresh_ms && want.is_met_by(&entry.set)))
        {
            return Ok(entry.answer());
        }
        let lease = Bytes::from_static(FETCHES);
        if self.store.compare_and_set(&self.lease, None, lease, Some(self.times.lease_s())).await? {
            self.fetch(source, until_ms, old).await
        } else if let Some(entry) = old.as_ref().filter(|entry| want.is_met_by(&entry.set)) {
            Ok(entry.answer())
        } else {
            self.wait(until_ms, old).await
        }
    }

    async fn fetch(&self, source: &Source, until_ms: u64, old: Option<SharedEntry>) -> Outcome {
        let fetched_unix_ms = self.clock.unix_ms();
        match source.fetch(until_ms).await {
            Ok(fetched) => {
                let mut value = format!("{fetched_unix_ms}\n").into_bytes();
                value.extend_from_slice(&fetched.text);
                self.store.set(&self.entry, Bytes::from(value), Some(self.times.keep_s())).await?;
                Ok(Answer { set: fetched.set, age_ms: 0 })
            }
            Err(cause) => {
                // Where this fails too, the others wait for the lease, and why there are no keys says more.
                let _ = self.store.set(&self.lease, Bytes::from_static(FAILED), Some(self.times.interval_s())).await;
                old.map(|entry| entry.answer()).ok_or(cause)
            }
        }
    }

    /// Looks at the store until the holder of the lease is done, or the time is over.
    async fn wait(&self, until_ms: u64, old: Option<SharedEntry>) -> Outcome {
        let (mut pause_ms, longest_ms) = PAUSES_MS;
        let old_unix_ms = old.as_ref().map(|entry| entry.fetched_unix_ms);
        let cause = loop {
            // The lease first: what its holder writes then is in the entry that is read after it.
            let lease = self.store.get(&self.lease).await?;
            if let Some(entry) = self.read().await?
                && Some(entry.fetched_unix_ms) != old_unix_ms
            {
                return Ok(entry.answer());
            }
            match lease {
                Some(lease) if lease.value != FAILED => {}
                _ => break KeysErrorCause::FailedElsewhere,
            }
            if self.clock.monotonic_ms() >= until_ms {
                break KeysErrorCause::NotInTime;
            }
            self.clock.sleep_ms(pause_ms).await;
            pause_ms = pause_ms.saturating_mul(2).min(longest_ms);
        };
        old.map(|entry| entry.answer()).ok_or(cause)
    }

    /// The entry, where it can be read and has not been kept too long.
    async fn read(&self) -> Result<Option<SharedEntry>, StoreError> {
        let Some(entry) = self.store.get(&self.entry).await? else { return Ok(None) };
        let now_ms = self.clock.unix_ms();
        let read = SharedEntry::read(&entry.value, now_ms, &self.times);
        Ok(read.filter(|entry| entry.age_ms < self.times.keep_ms))
    }

    fn is_recent(&self, entry: &SharedEntry) -> bool {
        entry.age_ms < self.times.interval_ms
    }
}

impl SharedEntry {
    fn read(value: &[u8], now_unix_ms: u64, times: &Times) -> Option<Self> {
        let end = value.iter().position(|byte| *byte == b'\n')?;
        let (time, text) = value.split_at_checked(end)?;
        let fetched_unix_ms = std::str::from_utf8(time).ok()?.parse().ok()?;
        let set = KeySet::parse(text).ok().filter(|set| !set.is_empty())?;
        // The clocks of two hosts differ a little, so that the time of the fetch can be later than now. By more than an interval a clock was
        // wrong, and the keys are due.
        let age_ms = match now_unix_ms.checked_sub(fetched_unix_ms) {
            Some(age_ms) => age_ms,
            None if fetched_unix_ms.saturating_sub(now_unix_ms) < times.interval_ms => 0,
            None => times.refresh_ms,
        };
        Some(Self { set: Arc::new(set), fetched_unix_ms, age_ms })
    }

    fn answer(&self) -> Answer {
        Answer { set: Arc::clone(&self.set), age_ms: self.age_ms }
    }
}
