//! The service `state`: the entries of one provider, in the memory of this process. All calls of the provider share them, and no other
//! component has a way to name them.

use std::sync::Arc;
use std::time::Instant;

use contract::model::McpError;
use state::{MemoryStore, StoreError};

use super::services::state as service;
use crate::host::instance::StoreData;

impl StoreData {
    fn state(&self) -> Result<&Arc<MemoryStore>, McpError> {
        self.grant.state.as_ref().ok_or(McpError::NotOffered)
    }
}

impl service::Host for StoreData {
    fn get(&mut self, key: String) -> Result<Option<service::Entry>, McpError> {
        let found = self.state()?.get(&key, Instant::now()).map_err(answer)?;
        Ok(found.map(|entry| service::Entry { value: entry.value.into(), revision: entry.revision }))
    }

    fn set(&mut self, key: String, value: Vec<u8>, ttl_s: Option<u32>) -> Result<(), McpError> {
        self.state()?.set(&key, value.into(), ttl_s, Instant::now()).map_err(answer)
    }

    fn compare_and_set(
        &mut self,
        key: String,
        expected: Option<String>,
        value: Vec<u8>,
        ttl_s: Option<u32>,
    ) -> Result<bool, McpError> {
        let now = Instant::now();
        self.state()?.compare_and_set(&key, expected.as_deref(), value.into(), ttl_s, now).map_err(answer)
    }

    fn delete(&mut self, key: String) -> Result<(), McpError> {
        self.state()?.delete(&key).map_err(answer)
    }
}

/// The error as the contract has it.
fn answer(error: StoreError) -> McpError {
    match error {
        StoreError::Full(_) => McpError::Internal(format!("{error}; `--limit-state` gives the provider more room")),
        other => other.into(),
    }
}
