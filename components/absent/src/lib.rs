//! What a provider or a host lacks: every capability answers `not-offered`, no setting is set, there is no store, and an event
//! cannot be sent now. `wasmcp compose` takes from it whatever is missing.
//!
//! Imports nothing.
//!
//! # Design
//! One component for everything: an instance costs each request more than the exports that nobody calls. `describe` has no
//! filler, since a component without it is no provider.

#[allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package wasmcp:absent;

            world absent {
                export wasmcp:mcp/tools@0.1.0;
                export wasmcp:mcp/resources@0.1.0;
                export wasmcp:mcp/prompts@0.1.0;
                export wasmcp:mcp/completion@0.1.0;
                export wasmcp:mcp/changes@0.1.0;
                export wasmcp:mcp/settings@0.1.0;
                export wasmcp:mcp/state@0.1.0;
                export wasmcp:mcp/live@0.1.0;
            }
        ",
        world: "wasmcp:absent/absent",
        generate_all,
    });
}

mod capabilities;
mod services;

struct Absent;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Absent;
    super::bindings::export!(Absent with_types_in super::bindings);
}
