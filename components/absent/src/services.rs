use crate::Absent;
use crate::bindings::exports::wasmcp::mcp::live::{self, Event};
use crate::bindings::exports::wasmcp::mcp::settings;
use crate::bindings::exports::wasmcp::mcp::state::{self, Entry};
use crate::bindings::wasmcp::mcp::model::McpError;

impl settings::Guest for Absent {
    fn get(_key: String) -> Result<Option<String>, McpError> {
        Ok(None)
    }
}

impl state::Guest for Absent {
    fn get(_key: String) -> Result<Option<Entry>, McpError> {
        Err(McpError::NotOffered)
    }

    fn set(_key: String, _value: Vec<u8>, _ttl_s: Option<u32>) -> Result<(), McpError> {
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
