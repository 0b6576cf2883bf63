//! The keys of one issuer: pinned, or fetched when they are first needed and again when they may have changed.

mod error;
mod refetch;
mod shared;
mod source;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use server::{BoxFuture, Clock, Ports};

pub use self::error::{KeysError, KeysErrorCause};
use self::refetch::{Answer, Held, Outcome, OwnedWant, Step, Want};
use self::shared::SharedKeys;
use self::source::Source;
use crate::fetch_document::{DocumentError, Documents, check_url, redacted_text};
use crate::key_set::KeySet;

/// Where the keys of an issuer are, and how long they are used.
#[derive(Clone, Debug)]
pub struct KeysConfig {
    /// The issuer, as its tokens and its metadata name it.
    pub issuer: String,
    /// Where its keys come from.
    pub source: KeySource,
    /// After how many seconds they are fetched again.
    pub refresh_s: u32,
    /// How often an unknown key makes the server fetch them before that, and how often a failed fetch is tried again: once in this many
    /// seconds.
    pub refetch_interval_s: u32,
    /// For how many seconds after their fetch they are used where no newer ones can be fetched: at least [`refresh_s`](Self::refresh_s).
    pub keep_s: u32,
    /// How long a fetch may take, with metadata and redirects, in milliseconds.
    pub timeout_ms: u32,
    /// Whether an issuer on this machine may be asked without TLS.
    pub loopback_http: bool,
    /// Whether the keys are shared through the store, since the memory of an instance does not last. Without a store they are not.
    pub shared: bool,
}

/// Where the keys of an issuer come from.
#[derive(Clone, Debug)]
pub enum KeySource {
    /// They are configured, and never fetched.
    Pinned(KeySet),
    /// They are at this URL.
    JwksUri(String),
    /// They are where the metadata of the issuer says.
    Discovery,
}

/// The keys of an issuer at one moment.
#[derive(Clone, Debug)]
pub struct Keys {
    /// The keys.
    pub set: Arc<KeySet>,
    /// Differs from that of every other set that this server had of the issuer.
    pub generation: u64,
}

/// The keys of one issuer. However many callers need them, one fetch is under way; it belongs to all who wait for it, so that it goes on
/// when the first of them is dropped. All times but those in the store are of the clock that is never set back.
pub struct IssuerKeys {
    issuer: String,
    clock: Arc<dyn Clock>,
    times: Times,
    origin: Origin,
}

enum Origin {
    Pinned(Keys),
    Fetched(Arc<KeysFetch>, Mutex<Held>),
}

struct KeysFetch {
    source: Source,
    shared: Option<SharedKeys>,
}

/// The times of a [`KeysConfig`].
#[derive(Clone, Copy, Debug)]
struct Times {
    refresh_ms: u64,
    interval_ms: u64,
    keep_ms: u64,
    timeout_ms: u64,
}

impl fmt::Debug for IssuerKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("IssuerKeys").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

impl KeysConfig {
    /// Checks the URLs, so that a mistake stops the start. Nothing is sent.
    ///
    /// # Errors
    /// The issuer or the URL of its keys is one that may not be asked.
    pub fn check(&self) -> Result<(), DocumentError> {
        let url = match &self.source {
            KeySource::Pinned(_) => return Ok(()),
            KeySource::JwksUri(url) => url,
            KeySource::Discovery => &self.issuer,
        };
        let refused = |reason| DocumentError::Url { url: redacted_text(url), reason };
        check_url(url, self.loopback_http).map_err(refused).map(drop)
    }

    fn times(&self) -> Times {
        let ms = |seconds: u32| u64::from(seconds) * 1000;
        Times {
            refresh_ms: ms(self.refresh_s),
            // Without an interval each unknown `kid` would be a request to the issuer.
            interval_ms: ms(self.refetch_interval_s.max(1)),
            keep_ms: ms(self.keep_s.max(self.refresh_s).max(1)),
            timeout_ms: u64::from(self.timeout_ms),
        }
    }
}

impl IssuerKeys {
    /// Holds the pinned keys, or prepares to fetch them. Nothing is sent.
    pub fn new(config: KeysConfig, ports: &Ports) -> Self {
        let times = config.times();
        let clock = Arc::clone(&ports.clock);
        let issuer = redacted_text(&config.issuer);
        let jwks_uri = match config.source {
            KeySource::Pinned(set) => {
                let keys = Keys { set: Arc::new(set), generation: 1 };
                return Self { issuer, clock, times, origin: Origin::Pinned(keys) };
            }
            KeySource::JwksUri(url) => Some(url),
            KeySource::Discovery => None,
        };
        let source = Source::new(
            config.issuer,
            jwks_uri,
            Documents::new(ports, config.loopback_http),
            Arc::clone(&ports.observer),
        );
        let store = ports.store.clone().filter(|_| config.shared);
        let shared = store.map(|store| SharedKeys::new(store, Arc::clone(&clock), &source, times));
        let origin = Origin::Fetched(Arc::new(KeysFetch { source, shared }), Mutex::default());
        Self { issuer, clock, times, origin }
    }

    /// The keys for a token with this `kid`, or without one. They are fetched where there are none, where they are due, and where they do
    /// not have the `kid`: for that at most once per interval, so that the answer may be keys without it.
    ///
    /// # Errors
    /// There are no keys: none could be fetched, or none since those that were there have become too old. Within an interval after a
    /// failed fetch the error comes at once.
    pub async fn for_key(&self, key_id: Option<&str>) -> Result<Keys, KeysError> {
        self.get(Want::Key(key_id)).await
    }

    /// The keys for a token that no key of these has verified, for an issuer that changes a key and not its `kid`. They are fetched again
    /// under the same limit as for an unknown `kid`, so that the answer may be the same keys.
    ///
    /// # Errors
    /// As [`for_key`](Self::for_key).
    pub async fn other_than(&self, keys: &Keys) -> Result<Keys, KeysError> {
        self.get(Want::OtherThan(&keys.set)).await
    }

    /// The generation of the keys that may be used now. It changes when keys are added, changed, removed, or have become too old, so that
    /// what was verified with keys of another generation must be verified again. Nothing is fetched.
    pub fn generation(&self) -> u64 {
        match &self.origin {
            Origin::Pinned(keys) => keys.generation,
            Origin::Fetched(_, held) => lock(held).generation(self.clock.monotonic_ms(), &self.times),
        }
    }

    /// Whether tokens can be verified now. Keys that are not there, or are due, are fetched.
    ///
    /// # Errors
    /// As [`for_key`](Self::for_key).
    pub async fn ready(&self) -> Result<(), KeysError> {
        self.get(Want::Key(None)).await.map(drop)
    }

    async fn get(&self, want: Want<'_>) -> Result<Keys, KeysError> {
        let (fetch, held) = match &self.origin {
            Origin::Pinned(keys) => return Ok(keys.clone()),
            Origin::Fetched(fetch, held) => (fetch, held),
        };
        let mut first = true;
        loop {
            let step = self.step(fetch, held, &want);
            let (flight, waiter) = match step {
                Step::Take(keys) => return Ok(keys),
                Step::Fail(cause) => return Err(self.error(cause)),
                Step::Wait(flight, waiter) => (flight, waiter),
            };
            let outcome = flight.fetch.clone().await;
            drop(waiter);
            let now_ms = self.clock.monotonic_ms();
            let mut held = lock(held);
            held.settle(&flight, &outcome);
            let Some(keys) = held.keys(now_ms, &self.times) else {
                return Err(self.error(outcome.err().unwrap_or(KeysErrorCause::NotInTime)));
            };
            if want.is_met_by(&keys.set) {
                return Ok(keys);
            }
            // What another instance fetched some time ago, for a caller that wanted another key, is no answer to this one.
            let from_store = outcome.is_ok_and(|answer| answer.age_ms >= self.times.interval_ms);
            if !(first && from_store) {
                held.note_unmet(&flight);
                return Ok(keys);
            }
            first = false;
        }
    }

    fn step(&self, fetch: &Arc<KeysFetch>, held: &Mutex<Held>, want: &Want<'_>) -> Step {
        let mut held = lock(held);
        let now_ms = self.clock.monotonic_ms();
        held.step(want, now_ms, &self.times, || {
            let until_ms = now_ms.saturating_add(self.times.timeout_ms);
            let run: BoxFuture<'static, Outcome> = Box::pin(Arc::clone(fetch).run(want.owned(), until_ms));
            run.shared()
        })
    }

    fn error(&self, cause: KeysErrorCause) -> KeysError {
        KeysError { issuer: self.issuer.clone(), cause }
    }
}

impl KeysFetch {
    async fn run(self: Arc<Self>, want: OwnedWant, until_ms: u64) -> Outcome {
        match &self.shared {
            Some(shared) => shared.get(&self.source, want.as_want(), until_ms).await,
            None => Ok(Answer { set: self.source.fetch(until_ms).await?.set, age_ms: 0 }),
        }
    }
}

impl Times {
    /// For how long an entry of the store is of use, in seconds.
    fn keep_s(&self) -> u32 {
        seconds(self.keep_ms)
    }

    fn interval_s(&self) -> u32 {
        seconds(self.interval_ms)
    }

    /// For how long an instance has the right to fetch, in seconds: an interval, or as long as the fetch may take.
    fn lease_s(&self) -> u32 {
        seconds(self.interval_ms.max(self.timeout_ms))
    }
}

/// A time in whole seconds, at least 1, as a store takes it.
fn seconds(ms: u64) -> u32 {
    u32::try_from(ms.div_ceil(1000)).unwrap_or(u32::MAX).max(1)
}

/// Nothing panics while the lock is held, and a state that was written halfway would be one that is written in full.
fn lock(held: &Mutex<Held>) -> MutexGuard<'_, Held> {
    held.lock().unwrap_or_else(PoisonError::into_inner)
}
