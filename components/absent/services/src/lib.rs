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

use bindings::exports::wasmcp::mcp::live::{self, Event};
use bindings::exports::wasmcp::mcp::settings;
use bindings::exports::wasmcp::mcp::state::{self, Entry};
use bindings::wasmcp::mcp::model::McpError;

struct Absent;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::Absent;
    super::bindings::export!(Absent with_types_in super::bindings);
}

impl settings::Guest for Absent {
    fn get(_key: String) -> Result<Option<String>, McpError> {
        Ok(None)
    }
}

impl state::Guest for Absent {
    fn get(_key: String) -> Result<Option<Entry>, McpError> {
        Err(McpError::NotOffered)
    }

    fn set(_key: String, _value: Vec<u8>, _ttl_ms: Option<u32>) -> Result<(), McpError> {
        Err(McpError::NotOffered)
    }

    fn compare_and_set(_: String, _: Option<String>, _: Vec<u8>, _: Option<u32>) -> Result<bool, McpError> {
        Err(McpError::NotOffered)
    }

    fn delete(_key: String) -> Result<(), McpError> {
        Err(McpError::NotOffered)
    }
}

impl live::Guest for Absent {
    fn emit(_call_id: String, _event: Event) -> Result<(), McpError> {
        Err(McpError::NotOffered)
    }
}
