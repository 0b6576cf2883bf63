//! The rules of the service `http` (`wit/services.wit`), which are the same wherever it is offered: by the native host, and by
//! the component `adapter-http` over `wasi:http`.
//!
//! # Layout
//! [`check`] turns the plain values of a request into one that can be sent, or says why it cannot be; [`Budget`] bounds the
//! responses of one `send`; [`denied`] words a denial. How a request is sent is the business of each side.

mod budget;
pub mod denied;
mod request;

pub use budget::{Budget, Reservation};
pub use request::{InvalidRequest, check, place};

/// How many requests one `send` may have. Each further one fails. A call of a provider has a deadline, so that a number that
/// bounds what a host holds in memory at once is enough.
pub const MAX_REQUESTS: usize = 1000;

/// How many requests of one `send` are on their way at the same time. The others wait for their turn, within their time.
pub const MAX_IN_FLIGHT: usize = 64;

/// How long a request may take that says nothing about its time, in milliseconds, where the rest of the call's time is not known. The
/// default time of a call is the same.
pub const DEFAULT_TIMEOUT_MS: u32 = 30_000;

/// What the failure of each request beyond [`MAX_REQUESTS`] says.
pub const TOO_MANY_REQUESTS: &str = "one `send` may have at most 1000 requests";

/// The value of a header as text: bytes that are not UTF-8 are replaced.
pub fn header_text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).into_owned()
}
