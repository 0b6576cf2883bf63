//! Completions, and results of types that have no case.

use contract::model::CompletionValues;
use serde_json::{Value, json};

use crate::tree::{Peers, add_server_info, list, object_of, optional, parsed, result};

/// The result of `completion/complete`.
pub fn completion_values(of: &CompletionValues, peers: &Peers<'_>) -> Value {
    let CompletionValues { values, total, has_more, extra } = of;
    let inner = extra.as_deref().map(parsed).and_then(|extra| extra.get("completion").cloned());
    let values = list(values, |value| json!(value));
    let members = [("values", values), ("total", optional(total)), ("hasMore", optional(has_more))];
    result(extra, peers, [("completion", Some(object_of(inner.unwrap_or(json!({})), members)))])
}

/// A result of a type that has no case, which only modern clients get.
pub fn unnamed_result(json: &str, peers: &Peers<'_>) -> Value {
    let mut result = parsed(json);
    add_server_info(&mut result, peers);
    result
}
