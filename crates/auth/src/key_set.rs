//! The keys of one issuer (RFC 7517 §5): those that can be used, and why others cannot.

use std::fmt;

use jsonwebtoken::{Algorithm, DecodingKey};
use protocol::StrictJsonError;
use serde_json::Value;

use crate::error::TokenError;
use crate::jwk::{Key, SkippedKeyReason};

/// How long a key set may be, in bytes.
pub const MAX_KEY_SET: usize = 512 * 1024;
/// How many keys it may have.
pub const MAX_KEYS: usize = 256;
/// How many keys of one `kid` are tried: each costs a verification of every token that names it.
const MAX_KEYS_OF_KEY_ID: usize = 4;

/// Why a text is no key set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// The text is longer than [`MAX_KEY_SET`].
    #[error("the key set is longer than {MAX_KEY_SET} bytes")]
    TooLarge,
    /// The text is not JSON, or has more than one reading.
    #[error("the key set is not JSON: {0}")]
    NotJson(String),
    /// There is no array `keys`.
    #[error("the key set is not an object with an array `keys` (RFC 7517)")]
    NoKeys,
    /// There are more than [`MAX_KEYS`] keys.
    #[error("the key set has {0} keys, more than {MAX_KEYS}")]
    TooManyKeys(usize),
}

/// A key that is not used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SkippedKey {
    /// Its place in the set, from 0.
    pub index: usize,
    /// Its `kid`, cut after 64 characters, where it has one.
    pub key_id: Option<String>,
    /// Why it is not used.
    pub reason: SkippedKeyReason,
}

impl fmt::Display for SkippedKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.key_id {
            Some(id) => write!(formatter, "key {} (`{id}`): {}", self.index, self.reason),
            None => write!(formatter, "key {}: {}", self.index, self.reason),
        }
    }
}

/// The keys of one issuer. Two sets are equal if they have the same keys for the same uses, in whatever order.
#[derive(Clone, Debug, Default)]
pub struct KeySet {
    keys: Vec<Key>,
    skipped: Vec<SkippedKey>,
}

impl PartialEq for KeySet {
    fn eq(&self, other: &Self) -> bool {
        // No set has a key twice.
        self.keys.len() == other.keys.len() && self.keys.iter().all(|key| other.keys.contains(key))
    }
}

impl KeySet {
    /// Reads a key set. A key that cannot be used is left out, so that an issuer may have keys for other purposes (RFC 7517 §5).
    ///
    /// # Errors
    /// The text is too long, is no key set, or has too many keys.
    pub fn parse(jwks: &[u8]) -> Result<Self, KeySetError> {
        if jwks.len() > MAX_KEY_SET {
            return Err(KeySetError::TooLarge);
        }
        let text = std::str::from_utf8(jwks).map_err(|error| KeySetError::NotJson(error.to_string()))?;
        protocol::check_json(text).map_err(|error| KeySetError::NotJson(reason(error)))?;
        let set: Value = serde_json::from_str(text).map_err(|error| KeySetError::NotJson(error.to_string()))?;
        let Some(Value::Array(keys)) = set.get("keys") else { return Err(KeySetError::NoKeys) };
        if keys.len() > MAX_KEYS {
            return Err(KeySetError::TooManyKeys(keys.len()));
        }
        let mut read = Self::default();
        for (index, key) in keys.iter().enumerate() {
            if let Err(reason) = read.add(key) {
                let key_id = key.get("kid").and_then(Value::as_str).map(|id| id.chars().take(64).collect());
                read.skipped.push(SkippedKey { index, key_id, reason });
            }
        }
        Ok(read)
    }

    fn add(&mut self, key: &Value) -> Result<(), SkippedKeyReason> {
        let key = Key::parse(key)?;
        if self.keys.contains(&key) {
            return Err(SkippedKeyReason::Repeated);
        }
        if key.id.is_some() && self.keys.iter().filter(|other| other.id == key.id).count() >= MAX_KEYS_OF_KEY_ID {
            return Err(SkippedKeyReason::TooManyOfKeyId { limit: MAX_KEYS_OF_KEY_ID });
        }
        self.keys.push(key);
        Ok(())
    }

    /// The keys that are not used, in order.
    pub fn skipped(&self) -> &[SkippedKey] {
        &self.skipped
    }

    /// Whether no key can be used.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// How many keys can be used.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether a token with this `kid`, or with none, can be tried: an issuer whose set has no such key may have a newer set.
    pub fn has(&self, key_id: Option<&str>) -> bool {
        key_id.map_or(!self.keys.is_empty(), |id| self.keys.iter().any(|key| key.id.as_deref() == Some(id)))
    }

    /// The keys that may have made a signature of this algorithm: those of this `kid`, or the only one that fits where the token has no
    /// `kid`. Several keys of one `kid` may be there (RFC 7517 §4.5).
    pub(crate) fn candidates(
        &self,
        key_id: Option<&str>,
        algorithm: Algorithm,
    ) -> Result<Vec<&DecodingKey>, TokenError> {
        if !self.has(key_id) {
            return Err(TokenError::UnknownKey);
        }
        let fitting = |key: &&Key| key.algorithms.contains(&algorithm);
        let named = |key: &&Key| key_id.is_none() || key.id.as_deref() == key_id;
        let keys: Vec<_> = self.keys.iter().filter(named).filter(fitting).map(|key| &key.verifies).collect();
        match keys.len() {
            0 => Err(TokenError::KeyMismatch),
            2.. if key_id.is_none() => Err(TokenError::AmbiguousKey),
            _ => Ok(keys),
        }
    }
}

fn reason(error: StrictJsonError) -> String {
    match error {
        StrictJsonError::NotJson { reason } => reason,
        StrictJsonError::TooDeep => "it nests too deep".to_owned(),
        StrictJsonError::DuplicateKey(name) => format!("an object has the member `{name}` twice"),
    }
}
