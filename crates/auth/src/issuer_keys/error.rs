//! Why the keys of an issuer cannot be had.

use server::StoreError;

use crate::discovery::DiscoveryError;
use crate::fetch_document::DocumentError;
use crate::key_set::KeySetError;

/// The keys of an issuer cannot be had, so that none of its tokens can be verified now. The text is for the operator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the keys of the issuer `{issuer}` cannot be had: {cause}")]
pub struct KeysError {
    /// The issuer, without user, query and fragment.
    pub issuer: String,
    /// Why not.
    pub cause: KeysErrorCause,
}

/// Why a fetch has given no keys. URLs are without user, query and fragment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysErrorCause {
    /// The metadata of the issuer does not say where its keys are.
    #[error(transparent)]
    Discovery(#[from] DiscoveryError),
    /// The server of the keys gave no document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// The document is no key set.
    #[error("`{url}`: {error}")]
    KeySet {
        /// The URL of the keys.
        url: String,
        /// What is wrong with it.
        error: KeySetError,
    },
    /// The key set has no key that can be used.
    #[error(
        "`{url}` has no key that can be used, of {skipped} keys: the issuer must publish the public keys that it signs tokens with"
    )]
    NoUsableKey {
        /// The URL of the keys.
        url: String,
        /// How many keys it has.
        skipped: usize,
    },
    /// The store in which instances share keys cannot be used.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Another instance has failed to fetch them less than an interval ago, and its log says why.
    #[error("another instance of this server has failed to fetch them, as its log says")]
    FailedElsewhere,
    /// Another instance fetches them and was not done in time.
    #[error("another instance of this server fetches them and was not done in time")]
    NotInTime,
}
