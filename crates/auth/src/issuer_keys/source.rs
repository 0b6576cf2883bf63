//! Where the keys of one issuer come from, over HTTPS.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use server::{Observer, UnusableKeys};
use url::Url;

use super::error::KeysErrorCause;
use crate::discovery;
use crate::fetch_document::{DocumentError, Documents, redacted, redacted_text};
use crate::key_set::{KeySet, SkippedKey};

/// How many keys of a set are told one by one.
const MAX_TOLD: usize = 8;

/// The server of an issuer's keys.
pub(super) struct Source {
    pub(super) issuer: String,
    /// Where the keys are, if the operator says so.
    pub(super) jwks_uri: Option<String>,
    pub(super) documents: Documents,
    /// Where they are by the issuer's metadata, until a fetch from there fails.
    discovered: Mutex<Option<Url>>,
    observer: Arc<dyn Observer>,
    /// The keys that could not be used at the last fetch.
    unusable: Mutex<Vec<SkippedKey>>,
}

/// A key set and the text that it was read from.
pub(super) struct FetchedKeys {
    pub(super) set: Arc<KeySet>,
    pub(super) text: Bytes,
}

impl Source {
    pub(super) fn new(
        issuer: String,
        jwks_uri: Option<String>,
        documents: Documents,
        observer: Arc<dyn Observer>,
    ) -> Self {
        Self { issuer, jwks_uri, documents, discovered: Mutex::default(), observer, unusable: Mutex::default() }
    }

    /// Fetches the keys until this moment of the monotonic clock, after the metadata where that is not known.
    pub(super) async fn fetch(&self, until_ms: u64) -> Result<FetchedKeys, KeysErrorCause> {
        let url = self.url(until_ms).await?;
        let fetched = self.fetch_from(&url, until_ms).await;
        *self.discovered.lock().unwrap_or_else(PoisonError::into_inner) = fetched.is_ok().then_some(url);
        fetched
    }

    async fn url(&self, until_ms: u64) -> Result<Url, KeysErrorCause> {
        if let Some(text) = &self.jwks_uri {
            let refused = |reason| DocumentError::Url { url: redacted_text(text), reason };
            return Ok(self.documents.url(text).map_err(refused)?);
        }
        if let Some(url) = self.discovered.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(url);
        }
        Ok(discovery::jwks_uri(&self.documents, &self.issuer, until_ms).await?)
    }

    async fn fetch_from(&self, url: &Url, until_ms: u64) -> Result<FetchedKeys, KeysErrorCause> {
        let text = self.documents.get(url, until_ms).await?;
        let set = KeySet::parse(&text).map_err(|error| KeysErrorCause::KeySet { url: redacted(url), error })?;
        self.tell_unusable(&set);
        if set.is_empty() {
            return Err(KeysErrorCause::NoUsableKey { url: redacted(url), skipped: set.skipped().len() });
        }
        Ok(FetchedKeys { set: Arc::new(set), text })
    }

    /// Tells the observer of the keys that cannot be used, where they are others than at the last fetch.
    fn tell_unusable(&self, set: &KeySet) {
        let unusable: Vec<_> = set.skipped().iter().filter(|key| key.reason.is_fault()).cloned().collect();
        let before = {
            let mut before = self.unusable.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *before, unusable.clone())
        };
        if unusable.is_empty() || unusable == before {
            return;
        }
        let mut reasons: Vec<_> = unusable.iter().take(MAX_TOLD).map(ToString::to_string).collect();
        if let more @ 1.. = unusable.len().saturating_sub(MAX_TOLD) {
            reasons.push(format!("and {more} more"));
        }
        let (issuer, reasons) = (redacted_text(&self.issuer), reasons.join("; "));
        self.observer.unusable_keys(&UnusableKeys { issuer: &issuer, usable: set.len(), reasons: &reasons });
    }
}
