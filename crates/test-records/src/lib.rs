//! For tests alone: values of the contract's records, the JSON that MCP has for each, and records with as little as they can have.
//!
//! # Design
//! - A test draws values from a seed (`values.rs`), sends them through what it tests, and compares the JSON with that of `expected`. Both
//!   name every field of a record, so neither compiles when the contract gets another one.
//! - Versions are names here, and nothing of `protocol` is used: what is tested does not say what is expected.

#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "tests fail loudly")]

pub mod expected;
mod plain;
pub mod requests;
mod tree;
mod values;

pub use plain::*;
pub use tree::{MODERN, Peers, V2025_11_25, is_modern};
pub use values::{Random, Sample, unnamed_result};
