//! The ports of the engine: what it needs of the outside world, each a small trait that a shell implements.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use state::{Entry, StoreError};

use crate::observer::{NoObserver, Observer};

/// A future of a port, which the shell may make as it likes.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Time.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds since some fixed moment. It never goes back.
    fn monotonic_ms(&self) -> u64;

    /// Microseconds since the same moment, where the clock is as fine as that.
    fn monotonic_us(&self) -> u64 {
        self.monotonic_ms().saturating_mul(1000)
    }

    /// Milliseconds since 1970-01-01T00:00:00Z. It can go back when the machine's clock is set.
    fn unix_ms(&self) -> u64;

    /// Completes after this many milliseconds.
    fn sleep_ms(&self, ms: u32) -> BoxFuture<'_, ()>;
}

/// Random bytes.
pub trait Random: Send + Sync + 'static {
    /// Fills the buffer with bytes that no client can guess.
    fn fill(&self, bytes: &mut [u8]);
}

/// HTTP requests of the server's own, such as for the keys of an issuer.
pub trait Fetch: Send + Sync + 'static {
    /// Sends the request and reads the whole response. The URI of the request is absolute, `https:` or `http:`.
    fn fetch(
        &self,
        request: http::Request<Bytes>,
        limits: FetchLimits,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, FetchError>>;
}

/// The limits of one [`Fetch::fetch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FetchLimits {
    /// How long the whole exchange may take, in milliseconds.
    pub timeout_ms: u32,
    /// How many bytes the body of the response may have.
    pub body_limit: usize,
}

/// Why there is no response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// The request cannot be sent because this part of it is wrong.
    #[error("the request has an invalid {0}")]
    Invalid(&'static str),
    /// The operator or the host does not allow requests to this server.
    #[error("requests to `{0}` are not allowed")]
    Denied(String),
    /// For this reason there was no connection, or it ended before the response was complete.
    #[error("no response: {0}")]
    Unreachable(String),
    /// The response was not complete in [`FetchLimits::timeout_ms`].
    #[error("the server did not respond in time")]
    TimedOut,
    /// The body is larger than [`FetchLimits::body_limit`].
    #[error("the body of the response is too large")]
    TooLarge,
}

/// Values that outlive a request.
pub trait Store: Send + Sync + 'static {
    /// The entry of a key, where there is one that has not expired.
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>>;

    /// Writes an entry. It expires after this many seconds; without them, never.
    fn set<'a>(&'a self, key: &'a str, value: Bytes, ttl_s: Option<u32>) -> BoxFuture<'a, Result<(), StoreError>>;

    /// Writes an entry only where the key still has this revision, or, without one, where it has no entry. The answer is whether
    /// it wrote.
    fn compare_and_set<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        value: Bytes,
        ttl_s: Option<u32>,
    ) -> BoxFuture<'a, Result<bool, StoreError>>;

    /// Removes the entry of a key. A key without an entry is no error.
    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>>;
}

/// The ports of one engine. All are behind pointers, since the engine calls each of them a few times per request.
#[derive(Clone)]
pub struct Ports {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub random: Arc<dyn Random>,
    /// HTTP requests, where the shell can send them.
    pub fetch: Option<Arc<dyn Fetch>>,
    /// A store, where the shell has one.
    pub store: Option<Arc<dyn Store>>,
    /// The observer of requests.
    pub observer: Arc<dyn Observer>,
    /// Does work at once that may take milliseconds without waiting. A shell that answers other requests on the same thread lets another thread answer
    /// them meanwhile.
    pub apart: fn(&mut dyn FnMut()),
}

impl Ports {
    /// Ports with the two that every shell has: no HTTP requests, no store, no observer, no other thread.
    pub fn new(clock: impl Clock, random: impl Random) -> Self {
        Self {
            clock: Arc::new(clock),
            random: Arc::new(random),
            fetch: None,
            store: None,
            observer: Arc::new(NoObserver),
            apart: |work| work(),
        }
    }
}

impl fmt::Debug for Ports {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Ports")
            .field("fetch", &self.fetch.is_some())
            .field("store", &self.store.is_some())
            .finish_non_exhaustive()
    }
}

/// An id for one request: 16 hexadecimal digits.
pub(crate) fn new_call_id(random: &dyn Random) -> String {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    format!("{:016x}", u64::from_be_bytes(bytes))
}
