//! The services of a host that has none: no setting is set, there is no store, and an event cannot be sent now.
//!
//! For `wac plug transport.wasm --plug PROVIDER.wasm --plug absent_services.wasm`: that takes every export that fits, and
//! refuses two for one import, so that a plug may have no more than is missing. Imports nothing.

#[allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: "../../../wit",
        inline: "
            package wasmcp:absent-services;

            world absent-services {
                export wasmcp:mcp/settings@0.1.0;
                export wasmcp:mcp/state@0.1.0;
                export wasmcp:mcp/live@0.1.0;
            }
        ",
        world: "wasmcp:absent-services/absent-services",
        generate_all,
    });
}

#[path = "../../src/services.rs"]
mod services; // the same as of `absent`

struct Absent;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Absent;
    super::bindings::export!(Absent with_types_in super::bindings);
}
