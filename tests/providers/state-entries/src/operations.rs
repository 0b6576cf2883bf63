//! Operations as a client of the test writes them, and their outcomes as the test reads them.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::bindings::wasmcp::mcp::model::McpError;
use crate::bindings::wasmcp::mcp::state;

#[derive(Deserialize)]
struct All {
    operations: Vec<Operation>,
}

#[derive(Deserialize)]
struct Operation {
    /// `get`, `set`, `compare-and-set` or `delete`.
    #[serde(rename = "do")]
    function: String,
    key: String,
    #[serde(default)]
    value: String,
    /// How many times the value is written after itself.
    #[serde(default = "once")]
    repeat: usize,
    ttl_s: Option<u32>,
    /// The revision that is expected.
    expected: Option<String>,
}

fn once() -> usize {
    1
}

#[derive(Deserialize)]
struct Count {
    key: String,
    times: u32,
}

/// A JSON array with the outcome of each operation.
pub(crate) fn all(arguments: &str) -> serde_json::Result<String> {
    let All { operations } = serde_json::from_str(arguments)?;
    Ok(operations.iter().map(outcome).collect::<Value>().to_string())
}

fn outcome(operation: &Operation) -> Value {
    let Operation { function, key, ttl_s, .. } = operation;
    let value = operation.value.repeat(operation.repeat).into_bytes();
    let done = match function.as_str() {
        "get" => state::get(key).map(|entry| entry.map_or_else(|| json!("no entry"), |entry| shown(&entry))),
        "set" => state::set(key, &value, *ttl_s).map(|()| json!("ok")),
        "compare-and-set" => {
            let expected = operation.expected.as_deref();
            state::compare_and_set(key, expected, &value, *ttl_s).map(|wrote| json!({ "wrote": wrote }))
        }
        "delete" => state::delete(key).map(|()| json!("ok")),
        other => Ok(json!(format!("there is no function {other}"))),
    };
    done.unwrap_or_else(|error| failure(&error))
}

/// A long value is shown by its size.
fn shown(entry: &state::Entry) -> Value {
    match str::from_utf8(&entry.value) {
        Ok(text) if text.len() <= 100 => json!({ "value": text, "revision": entry.revision }),
        _ => json!({ "bytes": entry.value.len(), "revision": entry.revision }),
    }
}

fn failure(error: &McpError) -> Value {
    match error {
        McpError::NotOffered => json!({ "error": "not-offered" }),
        McpError::InvalidParams(detail) => json!({ "error": "invalid-params", "text": detail.message }),
        McpError::Unavailable(_) => json!({ "error": "unavailable" }),
        McpError::Internal(text) => json!({ "error": "internal", "text": text }),
        other => json!({ "error": format!("{other:?}") }),
    }
}

/// Adds to the number under a key as often as the arguments say. Another call may write between the two functions; then both are
/// called again.
pub(crate) fn count(arguments: &str) -> serde_json::Result<String> {
    let Count { key, times } = serde_json::from_str(arguments)?;
    for _ in 0..times {
        loop {
            match add_one(&key) {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => return Ok(failure(&error).to_string()),
            }
        }
    }
    Ok("counted".to_owned())
}

fn add_one(key: &str) -> Result<bool, McpError> {
    let entry = state::get(key)?;
    let text = entry.as_ref().and_then(|entry| str::from_utf8(&entry.value).ok());
    let next = text.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0).wrapping_add(1);
    let revision = entry.as_ref().map(|entry| entry.revision.as_str());
    state::compare_and_set(key, revision, next.to_string().as_bytes(), None)
}
