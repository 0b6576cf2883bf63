//! Tests of everything that comes from an authorization server, and of what is remembered of it: keys, metadata, introspected tokens.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "tests fail loudly"
)]

mod discovery;
mod failures;
mod introspection;
mod keys;
mod ports;
mod rotation;
mod shared;
mod verdict_cache;
