//! One component of a transport, its providers and what they lack.
//!
//! # Design
//! ```text
//! transport ── settings ── adapter "transport"
//!     └─ provider, tools, … ── mux ──┬─ provider a ── settings ── adapter "a"
//!                                    └─ mux ──┬─ provider b
//!                                             └─ provider c
//! ```
//! Every provider that asks for settings has an adapter of its own, which is told whose settings it may tell. What nobody
//! offers is filled by `absent`. A provider's WASI imports stay imports of the whole, but for the environment, which is empty:
//! it has the settings of all. `wac` gives an import one instance, so two providers and more meet in muxes.

mod assembly;
mod baked;
mod parts;
mod target;
mod wiring;

pub(crate) use target::Target;
pub(crate) use wiring::{Part, compose};
