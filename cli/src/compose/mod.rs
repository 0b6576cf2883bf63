//! One component of a transport, its providers and what they lack; or, for a lattice, one of each.
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
//! it has the settings of all. What only `compose` knows is in one small component, `baked`: the names, the routes, and what a
//! call needs to know of providers that always say the same. `wac` gives an import one instance, so two providers and more
//! meet in muxes.
//!
//! On a lattice a router stands in the place of the muxes, and every provider is a file of its own, behind a response limit:
//! ```text
//! transport ── settings ── adapter "transport"          response-limit ── provider a ── settings ── adapter "a"
//!     └─ provider, tools, … ── router  ── links ──────>
//! ```

mod assembly;
mod baked;
mod lattice;
mod parts;
mod target;
mod wiring;

pub(crate) use lattice::lattice;
pub(crate) use target::Target;
pub(crate) use wiring::{Part, compose};
