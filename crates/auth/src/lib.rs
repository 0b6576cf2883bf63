//! The OAuth 2.1 resource server of MCP (2025-06-18 to 2026-07-28, authorization): who sends a request, by a token that one of the trusted
//! issuers made for this server.
//!
//! # Design
//! - Pure logic: time, randomness, HTTP requests and the store are the ports of the crate `server`; signatures are verified by the
//!   provider of `jsonwebtoken` that a shell installs.
//! - A token is never stored, logged or passed on. What is cached has the place of a keyed hash of it.
//! - Every failure refuses the request.

mod error;

pub use error::TokenError;
