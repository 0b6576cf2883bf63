//! Tools that make the host hold as much as it lets them, and answer with how much that was.

use serde_json::{Value, json};
use wasi::http::types::{Fields, Method, OutgoingRequest};
use wasi::random::random::get_random_bytes;

use crate::bindings::wasmcp::mcp::model::{McpError, More, ToolOutput};
use crate::ruin::{number, say};
use crate::text;

/// Opens a number of bodies of requests that are never sent, and writes as much to each as the host takes.
pub(crate) fn hold_bodies(arguments: &Value) -> ToolOutput {
    let (mut held, mut bytes) = (Vec::new(), 0);
    for _ in 0..number(arguments, "bodies") {
        let request = OutgoingRequest::new(Fields::new());
        let Ok(body) = request.body() else { break };
        let Ok(stream) = body.write() else { break };
        while let Ok(space @ 1..) = stream.check_write() {
            let chunk = vec![0; usize::try_from(space).unwrap_or_default().min(1 << 20)];
            if stream.write(&chunk).is_err() {
                break;
            }
            bytes += chunk.len();
        }
        // A stream is dropped before its body.
        held.push((stream, body, request));
    }
    text(json!({ "bodies": held.len(), "bytes": bytes }).to_string())
}

/// Adds a number of headers of a kilobyte to one message.
pub(crate) fn hold_headers(arguments: &Value) -> ToolOutput {
    let fields = Fields::new();
    let taken = (0..number(arguments, "headers")).filter(|at| fields.append(&format!("x-{at}"), &[b'x'; 1024]).is_ok());
    text(taken.count().to_string())
}

/// Sets method, authority and path of a request to texts of a number of bytes, and answers with which of them the host takes.
pub(crate) fn hold_parts(arguments: &Value) -> ToolOutput {
    let long = "a".repeat(number(arguments, "bytes"));
    let request = OutgoingRequest::new(Fields::new());
    let path = format!("/{}", long.get(1..).unwrap_or_default());
    let taken = [
        request.set_method(&Method::Other(long.clone())).is_ok(),
        request.set_authority(Some(&long)).is_ok(),
        request.set_path_with_query(Some(&path)).is_ok(),
    ];
    text(json!(taken).to_string())
}

/// Asks for a number of random bytes at once.
pub(crate) fn draw(arguments: &Value) -> ToolOutput {
    let bytes = get_random_bytes(number(arguments, "bytes") as u64);
    text(bytes.len().to_string())
}

/// Answers with control characters, each of which has six bytes in JSON.
pub(crate) fn swell(arguments: &Value) -> ToolOutput {
    say(arguments, "swells");
    text("\u{1}".repeat(number(arguments, "bytes")))
}

/// The error of a call that fails with a text of a number of bytes.
pub(crate) fn complain(arguments: &Value) -> McpError {
    McpError::Internal("x".repeat(number(arguments, "bytes")))
}

/// The error of a call that asks for a number of scopes, each of a number of bytes.
pub(crate) fn demand(arguments: &Value) -> McpError {
    let bytes = number(arguments, "bytes");
    McpError::InsufficientScope((0..number(arguments, "scopes")).map(|at| format!("{at:0>bytes$}")).collect())
}

/// One more leg, after a number of milliseconds.
pub(crate) fn postpone(arguments: &Value) -> More {
    More { saved: Vec::new(), after_ms: u32::try_from(number(arguments, "ms")).unwrap_or(u32::MAX) }
}
