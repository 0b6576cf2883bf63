//! The asynchronous runtime of our components: futures over `wasi:io/poll`, timers, streams and outgoing HTTP requests.
//!
//! # Layout
//! [`block_on`] runs a future to its end and [`ready`] waits for a pollable of the host; [`sleep_ms`] and [`Deadline`] are time,
//! [`join_all`] and [`join_at_most`] run futures at once, [`streams`] reads and writes whole bodies, [`http`] sends requests.
//!
//! # Design
//! - A component has one thread and runs one future at a time, with as many futures inside it as it likes. While none of them
//!   can go on, the instance sleeps in `wasi:io/poll`.
//! - There is no spawning: what a future starts ends with that future, so that a resource of the host never outlives what it
//!   was made from.
//! - It uses WASI of the version that the crate `wasi` has, 0.2.4, which the hosts of wasmCloud 1.9 have too.
//! - The loop and the queue know nothing of WASI, so that their tests run natively.

mod executor;
pub mod http;
mod join;
mod queue;
pub mod streams;
mod time;

pub use executor::{Deadlock, block_on, ready};
pub use join::{join_all, join_at_most};
pub use time::{Deadline, now_ms, sleep_ms};
