//! What the tools need of HTTP, and how it fails. [`crate::wasi_http`] does it; tests bring their own.

use std::fmt;

/// The largest answer that is read, in bytes.
pub(crate) const LARGEST_ANSWER: usize = 1 << 20;

/// A URL in the parts that `wasi:http` asks for.
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
    /// The body of the answer with status 200.
    async fn get(&self, url: &Url) -> Result<Vec<u8>, HttpError>;
}

/// Why there is no answer. Each names the host, the first field, as the operator would.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum HttpError {
    #[error("this server may not send requests to `{0}`: its operator can allow it with `--egress {0}`")]
    Refused(String),
    #[error("this server may not send requests to the address of `{0}`: its log names the `--egress` that allows it")]
    AddressRefused(String),
    #[error("the weather service at `{0}` cannot be reached: {1}")]
    Unreachable(String, String),
    #[error("the weather service at `{0}` did not answer in time ({1} ms)")]
    Slow(String, u32),
    #[error("the weather service at `{0}` failed: it answered with HTTP status {1}")]
    Status(String, u16),
    #[error("the weather service at `{0}` answered with more than 1 MiB")]
    TooLarge(String),
    #[error("the weather service at `{0}` broke off its answer: {1}")]
    BrokenOff(String, String),
}
