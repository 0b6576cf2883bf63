//! Tools that never give a good answer.

use std::hint::black_box;

use serde_json::Value;
use wasi::clocks::monotonic_clock::subscribe_duration;

use crate::bindings::wasmcp::mcp::model::ToolOutput;
use crate::text;

/// Never ends.
pub(crate) fn spin(arguments: &Value) -> ToolOutput {
    say(arguments, "spins");
    loop {
        black_box(());
    }
}

/// Never ends, but waits for a nanosecond again and again.
pub(crate) fn nap(_: &Value) -> ToolOutput {
    loop {
        subscribe_duration(1).block();
    }
}

/// An hour in nanoseconds.
const LONG: u64 = 3_600_000_000_000;

/// Waits for an hour without computing.
pub(crate) fn wait(_: &Value) -> ToolOutput {
    eprintln!("waits");
    subscribe_duration(LONG).block();
    text("waited".to_owned())
}

/// Takes a number of handles of the host, and holds them to the end of the call.
pub(crate) fn hoard(arguments: &Value) -> ToolOutput {
    let timers: Vec<_> = (0..number(arguments, "handles")).map(|_| subscribe_duration(LONG)).collect();
    text(timers.len().to_string())
}

/// Allocates memory without end.
pub(crate) fn grow(_: &Value) -> ToolOutput {
    let mut blocks: Vec<Vec<u8>> = Vec::new();
    loop {
        blocks.push(black_box(vec![1; 1 << 20]));
    }
}

/// Traps.
pub(crate) fn trap(_: &Value) -> ToolOutput {
    core::arch::wasm32::unreachable()
}

/// Prints a text a number of times, and then traps if it is told to.
pub(crate) fn print(arguments: &Value) -> ToolOutput {
    let line = arguments.get("text").and_then(Value::as_str).unwrap_or("printed");
    for _ in 0..number(arguments, "times") {
        eprintln!("{line}");
    }
    if arguments.get("trap").is_some() {
        core::arch::wasm32::unreachable()
    }
    text("printed".to_owned())
}

/// Exits with success in the middle of the call.
pub(crate) fn leave(_: &Value) -> ToolOutput {
    std::process::exit(0)
}

/// Answers with a text of a number of bytes.
pub(crate) fn flood(arguments: &Value) -> ToolOutput {
    text("x".repeat(number(arguments, "bytes")))
}

pub(crate) fn number(arguments: &Value, name: &str) -> usize {
    arguments.get(name).and_then(Value::as_u64).and_then(|number| usize::try_from(number).ok()).unwrap_or_default()
}

/// Prints what a call does before it does it, if the call asks for that.
pub(crate) fn say(arguments: &Value, what: &str) {
    if arguments.get("say").is_some() {
        eprintln!("{what}");
    }
}

/// Answers with structured content that is not JSON.
pub(crate) fn babble(_: &Value) -> ToolOutput {
    ToolOutput { structured_content: Some("{not JSON".to_owned()), ..text("fine".to_owned()) }
}

/// Answers with structured content of a number of levels.
pub(crate) fn nest(arguments: &Value) -> ToolOutput {
    let levels = number(arguments, "levels");
    let content = format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    ToolOutput { structured_content: Some(content), ..text("fine".to_owned()) }
}

/// Answers with a text that is not UTF-8.
#[allow(unsafe_code, reason = "a component in another language may do so by mistake")]
pub(crate) fn garble(_: &Value) -> ToolOutput {
    // SAFETY: the text is deliberately invalid, and no code of this component reads it.
    text(unsafe { String::from_utf8_unchecked(black_box(vec![b'a', 0xff, b'z'])) })
}
