//! One component of a transport, its providers and what they lack; or, for a lattice, one of each.
//!
//! # Design
//! ```text
//! transport ──┬─ settings ── adapter "transport"
//!             ├─ provider, tools, … ── provider a ── settings ── adapter "a"
//!             ├─ provider, tools, … ── provider b
//!             └─ provider, tools, … ── provider c
//! ```
//! Every provider that asks for settings has an adapter of its own, which is told whose settings it reads. `target.rs` says what fills each
//! service on each host. A provider's WASI imports stay imports of the whole, but for the environment, which is empty: it has the settings
//! of all. What no component offers, and what only `compose` knows, is in one generated component of constants: the names, the snapshot of
//! the catalogue, and functions that answer `not-offered`. `wac` gives an import one instance, so that `transport.rs` makes a transport that
//! has imports for each of its providers.
//!
//! On a lattice a router stands in the place of the providers, and each of them is a file of its own, behind a response limit:
//! ```text
//! transport ── settings ── adapter "transport"          response-limit ── provider a ── settings ── adapter "a"
//!     └─ provider, tools, … ── router  ── links ──────>
//! ```

mod assembly;
mod authorization;
mod builtin_components;
mod const_component;
mod error;
mod generated_component;
mod lattice;
mod missing_imports;
mod one_file;
mod provider_imports;
mod target;
mod transport;
mod wiring;

pub(crate) use authorization::{Authorization, TransportMarker};
pub(crate) use const_component::ConstComponent;
pub(crate) use generated_component::CONTRACT;
pub(crate) use lattice::lattice;
pub(crate) use one_file::compose;
pub(crate) use target::Target;
pub(crate) use wiring::ProviderComponent;
