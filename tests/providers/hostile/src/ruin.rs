//! Tools that never give a good answer.

use std::hint::black_box;

use serde_json::Value;

use crate::bindings::wasmcp::mcp::model::ToolOutput;
use crate::text;

/// Never ends.
pub(crate) fn spin(_: &Value) -> ToolOutput {
    loop {
        black_box(());
    }
}

/// Takes memory until there is none.
pub(crate) fn grow(_: &Value) -> ToolOutput {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    loop {
        taken.push(black_box(vec![1; 1 << 20]));
    }
}

/// Ends the instance.
pub(crate) fn trap(_: &Value) -> ToolOutput {
    core::arch::wasm32::unreachable()
}

/// Ends in the middle, as if it had done its work.
pub(crate) fn leave(_: &Value) -> ToolOutput {
    std::process::exit(0)
}

/// Answers so many bytes.
pub(crate) fn flood(arguments: &Value) -> ToolOutput {
    let bytes = arguments.get("bytes").and_then(Value::as_u64).and_then(|bytes| usize::try_from(bytes).ok());
    text("x".repeat(bytes.unwrap_or(1 << 30)))
}

/// Answers with something that is not what the contract says it is.
pub(crate) fn babble(_: &Value) -> ToolOutput {
    ToolOutput { structured_content: Some("{not JSON".to_owned()), ..text("fine".to_owned()) }
}
