//! An entry of a store: its bounds, and why it is not read or written.

use bytes::Bytes;
use contract::model::{ErrorDetail, McpError};

use crate::Room;

/// How many bytes a key may have.
pub const MAX_KEY_BYTES: usize = 512;
/// How many bytes a value may have. A message of NATS, which carries the whole entry on a lattice, has at most 1 MiB.
pub const MAX_VALUE_BYTES: usize = 512 << 10;

/// After how many milliseconds a provider may try a store again that could not be reached.
const RETRY_MS: u32 = 1000;

/// An entry of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The bytes that were written.
    pub value: Bytes,
    /// Changes on every write of the key, and is that of no earlier store.
    pub revision: String,
}

/// Why an entry was not read or written. The store is as it was before.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The key has so many bytes.
    #[error("the key has {0} bytes, and may have {MAX_KEY_BYTES}: take a shorter one, such as a hash of it")]
    KeyTooLong(usize),
    /// The value has so many bytes.
    #[error("the value has {0} bytes, and may have {MAX_VALUE_BYTES}: store it in parts, under a key for each")]
    ValueTooLarge(usize),
    /// The time to live is 0 s.
    #[error("the time to live is 0 s, and has to be at least 1 s: `delete` removes an entry at once")]
    NoTime,
    /// There is no room for a further entry.
    #[error(
        "there is no room: the store has at most {} entries, and {} bytes of keys, values and overhead; delete entries, or give them a time to live",
        .0.entries, .0.bytes
    )]
    Full(Room),
    /// The store cannot be reached, for this reason. The reason is for the log.
    #[error("the store cannot be reached: {0}")]
    Unreachable(String),
}

/// The error as the contract has it, for a provider. Why a store cannot be reached is not for providers.
impl From<StoreError> for McpError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::KeyTooLong(_) | StoreError::ValueTooLarge(_) | StoreError::NoTime => {
                Self::InvalidParams(ErrorDetail { message: error.to_string(), data: None })
            }
            StoreError::Full(_) => Self::Internal(error.to_string()),
            StoreError::Unreachable(_) => Self::Unavailable(Some(RETRY_MS)),
        }
    }
}

/// Checks the length of a key.
pub fn check_key(key: &str) -> Result<(), StoreError> {
    if key.len() > MAX_KEY_BYTES { Err(StoreError::KeyTooLong(key.len())) } else { Ok(()) }
}

/// Checks the size of a value.
pub fn check_value(value: &[u8]) -> Result<(), StoreError> {
    if value.len() > MAX_VALUE_BYTES { Err(StoreError::ValueTooLarge(value.len())) } else { Ok(()) }
}

/// Checks a time to live in seconds. Without one an entry never expires.
pub fn check_ttl(ttl_s: Option<u32>) -> Result<(), StoreError> {
    if ttl_s == Some(0) { Err(StoreError::NoTime) } else { Ok(()) }
}
