//! What a provider or a host lacks: every capability answers `not-offered`, no setting is set, there is no store, an event
//! cannot be sent now, and the environment is empty. `wasmcp compose` takes from it whatever is missing.
//!
//! Imports nothing.
//!
//! # Design
//! One component for everything: an instance costs each request more than the exports that nobody calls. `describe` has no
//! filler, since a component without it is no provider. The environment is for providers: in one file they would otherwise
//! share that of the process, and could read each other's settings there.

#[allow(missing_docs, unsafe_code, clippy::all, clippy::pedantic, reason = "generated")]
mod bindings {
    wit_bindgen::generate!({
        path: "../../wit",
        inline: "
            package wasmcp:absent;

            package wasi:cli@0.2.0 {
                interface environment {
                    get-environment: func() -> list<tuple<string, string>>;
                    get-arguments: func() -> list<string>;
                    initial-cwd: func() -> option<string>;
                }
            }

            world absent {
                export wasmcp:mcp/tools@0.1.0;
                export wasmcp:mcp/resources@0.1.0;
                export wasmcp:mcp/prompts@0.1.0;
                export wasmcp:mcp/completion@0.1.0;
                export wasmcp:mcp/changes@0.1.0;
                export wasmcp:mcp/settings@0.1.0;
                export wasmcp:mcp/state@0.1.0;
                export wasmcp:mcp/live@0.1.0;
                export wasi:cli/environment@0.2.0;
            }
        ",
        world: "wasmcp:absent/absent",
        generate_all,
    });
}

mod capabilities;
mod environment;
mod services;

struct Absent;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Absent;
    super::bindings::export!(Absent with_types_in super::bindings);
}
