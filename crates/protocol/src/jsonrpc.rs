//! JSON-RPC 2.0 messages: those of a client read strictly, and the replies of a server written.
//!
//! A body is scanned twice here. The first pass looks at every token and refuses what two readers could take for different values
//! ([`StrictJsonError`]); the second finds the members of the message, borrowing from the body, and leaves `params` as text, whose
//! members [`Params`](crate::Params) finds in the third and last scan.

mod id;
mod malformed;
mod message;
pub mod reply;
#[cfg(test)]
mod tests;

pub use crate::json::{MAX_DEPTH, StrictJsonError};
pub use id::Id;
pub use malformed::{Malformed, MalformedKind};
pub use message::{Message, Request, parse};
