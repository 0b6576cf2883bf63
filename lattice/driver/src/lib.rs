//! The driver of a lattice: it starts NATS, wadm and hosts on one machine, checks a manifest and deploys it, reports what runs
//! where, and stops exactly what it started.
//!
//! The modules depend on each other in this order only, each on those before it: [`manifest`], [`nats`], [`process`],
//! [`cluster`], [`commands`].

pub mod cluster;
pub mod commands;
pub mod manifest;
pub mod nats;
mod private_files;
pub mod process;
