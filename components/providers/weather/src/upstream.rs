//! What the tools need of HTTP, and how it fails. [`crate::http_service`] does it; tests bring their own.

use std::fmt;

/// The largest answer that is read, in bytes.
pub(crate) const LARGEST_ANSWER: usize = 1 << 20;

/// A URL.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Url {
    pub(crate) https: bool,
    pub(crate) authority: String,
    pub(crate) path_and_query: String,
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.https { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority, self.path_and_query)
    }
}

/// Gets answers from elsewhere.
pub(crate) trait Http {
    /// Asks for all URLs at once. For each there is the body of the answer with status 200, in the order of the URLs.
    fn get_all(&self, urls: &[Url]) -> Vec<Result<Vec<u8>, HttpError>>;
}

/// Why there is no answer. The first field is the host, as the operator would name it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("this server offers its tools no HTTP requests")]
    NotOffered,
    /// The reason names the host, and the option that allows it.
    #[error("this server may not ask the weather service: {0}")]
    Denied(String),
    #[error("the weather service at `{0}` cannot be reached: {1}")]
    Unreachable(String, String),
    #[error("the weather service at `{0}` did not answer in time ({1} ms)")]
    Timeout(String, u32),
    #[error("the weather service at `{0}` failed: it answered with HTTP status {1}")]
    Status(String, u16),
    #[error("the weather service at `{0}` answered with more than 1 MiB")]
    TooLarge(String),
    #[error("the weather service at `{0}` cannot be asked: {1}")]
    Failed(String, String),
}
