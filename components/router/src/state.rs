//! The service `state` for the transport, by the invoker: a plain import of it would trap where no state provider answers.

use std::sync::Arc;

use contract::model::McpError;
use router::{RemoteState, StateEntry};

use crate::bindings::exports::wasmcp::mcp::state::{Entry, Guest};
use crate::invoker::Invoker;
use crate::{Component, config, run};

fn state() -> Result<RemoteState<Invoker>, McpError> {
    let config = config().map_err(|error| McpError::Internal(error.to_string()))?;
    Ok(RemoteState::new(&Arc::new(Invoker::default()), &config))
}

impl Guest for Component {
    fn get(key: String) -> Result<Option<Entry>, McpError> {
        let found = run(state()?.get(&key))?;
        Ok(found.map(|(value, revision): StateEntry| Entry { value, revision }))
    }

    fn set(key: String, value: Vec<u8>, ttl_s: Option<u32>) -> Result<(), McpError> {
        run(state()?.set(&key, &value, ttl_s))
    }

    fn compare_and_set(
        key: String,
        expected: Option<String>,
        value: Vec<u8>,
        ttl_s: Option<u32>,
    ) -> Result<bool, McpError> {
        run(state()?.compare_and_set(&key, expected.as_deref(), &value, ttl_s))
    }

    fn delete(key: String) -> Result<(), McpError> {
        run(state()?.delete(&key))
    }
}
