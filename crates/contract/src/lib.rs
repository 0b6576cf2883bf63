//! The records of `wit/model.wit` as Rust types, and the [`Provider`] trait that its capability interfaces amount to.
//!
//! # Design
//! The types are generated from the WIT, never written: by wit-bindgen, or, with the feature `host`, by wasmtime. Both give them the same names and fields, and both generators can be told to use types
//! that exist (`with`), so the engine's values reach a provider without being translated on either side.

mod at_once;
mod nobody;
mod provider;
mod reason;
mod serve;

pub use at_once::at_once;
pub use nobody::nobody;
pub use provider::Provider;
pub use reason::reason;

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

/// wit-bindgen makes an error of it by itself; wasmtime does so only where a function of the same world returns it.
#[cfg(feature = "host")]
impl std::fmt::Display for model::McpError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&reason(self))
    }
}

#[cfg(feature = "host")]
impl std::error::Error for model::McpError {}
