//! End to end: real servers on free ports of this machine, and bytes sent to them.
//!
//! What both shells must do alike stands in tables (`conversations/*.toml`) that run on each [`Shell`]. Nothing here waits
//! for a time to pass: a test waits for a line, an answer or the end of a process, each with a deadline.

mod artefacts;
mod client;
mod conversation;
mod pattern;
mod server;
pub mod upstream;

pub use artefacts::{component, program, scratch};
pub use client::{Reply, Request};
pub use conversation::{Case, cases};
pub use pattern::{differences, parse_json};
pub use server::{Server, Setup, Shell};
