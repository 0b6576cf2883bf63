//! The contract between transport and providers as Rust: the records of `wit/model.wit`, each function of `wit/capabilities.wit` as a
//! type, and the [`Provider`] trait that the functions amount to.
//!
//! # Design
//! The records are generated from the WIT, never written: by wit-bindgen, or, with the feature `host`, by wasmtime. Both give them the same
//! names and fields, and both generators can be told to use types that exist (`with`), so the engine's values reach a provider without being
//! translated on either side. The functions come from the same files by `build/`.

// `for_each_function!`, before the modules that call it.
include!(concat!(env!("OUT_DIR"), "/functions.rs"));

mod events;
mod explanation;
mod function;
mod impl_provider;
mod internal_context;
mod poll_ready_now;

pub use events::{EventSink, Events};
pub use function::{Function, FunctionName, INTERFACES, Provider, functions};
pub use internal_context::LATEST_PROTOCOL_VERSION;
pub use poll_ready_now::poll_ready_now;

/// Everything of the interface `wasmcp:mcp/model`.
pub use generated::wasmcp::mcp::model;

#[cfg(not(feature = "host"))]
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod generated {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "package wasmcp:contract; world records { import wasmcp:mcp/model@0.1.0; }",
        world: "wasmcp:contract/records",
        additional_derives: [PartialEq],
        generate_unused_types: true,
        generate_all,
    });
}

#[cfg(feature = "host")]
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated")]
mod generated {
    wasmtime::component::bindgen!({
        path: "../../wit",
        inline: "package wasmcp:contract; world records { import wasmcp:mcp/model@0.1.0; }",
        world: "wasmcp:contract/records",
        additional_derives: [PartialEq],
    });
}
