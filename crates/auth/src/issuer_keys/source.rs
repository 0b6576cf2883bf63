//! Where the keys of one issuer come from, over HTTPS.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use url::Url;

use super::error::KeysErrorCause;
use crate::discovery;
use crate::document::{DocumentError, Documents, shown, shown_text};
use crate::key_set::KeySet;

/// The server of an issuer's keys.
pub(super) struct Source {
    pub(super) issuer: String,
    /// Where the keys are, if the operator says so.
    pub(super) jwks_uri: Option<String>,
    pub(super) documents: Documents,
    /// Where they are by the issuer's metadata, until a fetch from there fails.
    discovered: Mutex<Option<Url>>,
}

/// A key set and the text that it was read from.
pub(super) struct FetchedKeys {
    pub(super) set: Arc<KeySet>,
    pub(super) text: Bytes,
}

impl Source {
    pub(super) fn new(issuer: String, jwks_uri: Option<String>, documents: Documents) -> Self {
        Self { issuer, jwks_uri, documents, discovered: Mutex::default() }
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
            let refused = |reason| DocumentError::Url { url: shown_text(text), reason };
            return Ok(self.documents.url(text).map_err(refused)?);
        }
        if let Some(url) = self.discovered.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(url);
        }
        Ok(discovery::jwks_uri(&self.documents, &self.issuer, until_ms).await?)
    }

    async fn fetch_from(&self, url: &Url, until_ms: u64) -> Result<FetchedKeys, KeysErrorCause> {
        let text = self.documents.get(url, until_ms).await?;
        let set = KeySet::parse(&text).map_err(|error| KeysErrorCause::KeySet { url: shown(url), error })?;
        if set.is_empty() {
            return Err(KeysErrorCause::NoUsableKey { url: shown(url), skipped: set.skipped().len() });
        }
        Ok(FetchedKeys { set: Arc::new(set), text })
    }
}
