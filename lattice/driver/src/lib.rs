//! The driver of a lattice: starts NATS, wadm and hosts on one machine, checks a manifest and deploys it, says what runs where, and
//! stops exactly what it started.

mod client;
pub mod credentials;
pub mod down;
pub mod host;
pub mod inventory;
pub mod lattice;
pub mod manifest;
mod missing;
pub mod model;
mod private;
mod probe;
pub mod process;
pub mod publish;
pub mod reach;
pub mod show;
pub mod start;
pub mod state;
pub mod tools;
pub mod up;
pub mod validate;
mod wait;
pub mod wanted;
pub mod yaml;
