//! Tests of everything that comes from an authorization server, and of what is remembered of it: keys, metadata, introspected tokens.

mod discovery;
mod failures;
mod introspection;
mod keys;
mod ports;
mod rotation;
mod shared;
mod verdicts;
