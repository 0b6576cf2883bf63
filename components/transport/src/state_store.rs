//! The port `Store` by the service `state`, which instances of this component share where the host has it.

use std::future::ready;

use bytes::Bytes;
use contract::model::McpError;
use server::{BoxFuture, Entry, Store, StoreError};

use crate::bindings::wasmcp::mcp::state;

/// The entries of this component.
pub(crate) struct StateStore;

fn store_error(error: McpError) -> StoreError {
    StoreError::Unreachable(match error {
        McpError::NotOffered => {
            "this host has none, so that each request would fetch the keys of the issuer: pin them with `auth.jwks`"
                .to_owned()
        }
        error => error.explanation(),
    })
}

impl Store for StateStore {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<Entry>, StoreError>> {
        let found = state::get(key).map_err(store_error);
        let entry = |entry: state::Entry| Entry { value: entry.value.into(), revision: entry.revision };
        Box::pin(ready(found.map(|found| found.map(entry))))
    }

    fn set<'a>(&'a self, key: &'a str, value: Bytes, ttl_s: Option<u32>) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(ready(state::set(key, &value, ttl_s).map_err(store_error)))
    }

    fn compare_and_set<'a>(
        &'a self,
        key: &'a str,
        expected: Option<&'a str>,
        value: Bytes,
        ttl_s: Option<u32>,
    ) -> BoxFuture<'a, Result<bool, StoreError>> {
        Box::pin(ready(state::compare_and_set(key, expected, &value, ttl_s).map_err(store_error)))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), StoreError>> {
        Box::pin(ready(state::delete(key).map_err(store_error)))
    }
}
