//! Providers on the other side of a network, each as a [`contract::Provider`]: deadlines, retries, and every loss as an error.
//!
//! A shell brings a [`Lattice`], which opens calls and tells the time; [`assemble`] makes of it, and of what an operator
//! configured, one catalogue of all providers.
//!
//! # Design
//! - **A lost call is an error, never a hang.** Every wait here ends with the deadline of the call.
//! - **What may run twice is decided by the provider's word of now.** Lists and reads may; a tool may if its annotations say
//!   `idempotentHint` or `readOnlyHint`. What was baked in when the server was put together only chooses the faster way of a
//!   first attempt, since the provider may have been replaced since.
//! - **Two ways to call.** *Whole*: the parameters go along with the request. If nobody confirms it, it may have run all the same.
//!   *Careful*: the parameters follow once the other side has taken the call, so that until then it can be offered again without
//!   running anything twice. That costs a round trip more, and is how tools are called that are not known to be repeatable.
//! - **A second attempt does not end the first.** After a while without an answer another one is started beside it, and whoever
//!   answers first wins. So a slow call is not cut short, and one on a host that died is not waited for.

mod assemble;
mod attempt;
mod attempts;
mod config;
mod lattice;
mod provider;
mod request;

pub use assemble::{AssembleError, Baked, assemble};
pub use config::Config;
pub use lattice::{Call, Fault, Lattice, Offer};
pub use provider::Remote;
