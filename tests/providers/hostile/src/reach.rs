//! Tools that try to reach resources of others, and answer with the outcome.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use wasi::http::outgoing_handler::handle;
use wasi::http::types::{Fields, FutureIncomingResponse, OutgoingRequest, Scheme};
use wasi::sockets::instance_network::instance_network;
use wasi::sockets::ip_name_lookup::resolve_addresses;

use crate::bindings::wasmcp::mcp::{model::ToolOutput, settings};
use crate::ruin::number;
use crate::text;

/// Fetches `http://AUTHORITY/`.
pub(crate) fn send_request(arguments: &Value) -> ToolOutput {
    let got = begin(arguments).and_then(|response| end(&response));
    text(got.unwrap_or_else(|error| format!("refused: {error}")))
}

/// Fetches `http://AUTHORITY/` a number of times at once, and answers with the outcome of the last time.
pub(crate) fn send_many(arguments: &Value) -> ToolOutput {
    let begun: Result<Vec<_>, String> = (0..number(arguments, "requests")).map(|_| begin(arguments)).collect();
    let got = begun.and_then(|begun| begun.last().map_or_else(|| Err("no request".to_owned()), end));
    text(got.unwrap_or_else(|error| format!("refused: {error}")))
}

fn begin(arguments: &Value) -> Result<FutureIncomingResponse, String> {
    let authority = arguments.get("authority").and_then(Value::as_str).unwrap_or_default();
    let request = OutgoingRequest::new(Fields::new());
    let set = request.set_scheme(Some(&Scheme::Http)).and_then(|()| request.set_authority(Some(authority)));
    set.and_then(|()| request.set_path_with_query(Some("/"))).map_err(|()| "not an address".to_owned())?;
    handle(request, None).map_err(|error| format!("{error:?}"))
}

fn end(response: &FutureIncomingResponse) -> Result<String, String> {
    response.subscribe().block();
    match response.get() {
        Some(Ok(Ok(response))) => Ok(format!("got {}", response.status())),
        Some(Ok(Err(error))) => Err(format!("{error:?}")),
        Some(Err(())) | None => Err("no answer".to_owned()),
    }
}

/// Looks a name up.
pub(crate) fn look_up(arguments: &Value) -> ToolOutput {
    let name = arguments.get("name").and_then(Value::as_str).unwrap_or_default();
    text(match resolve_addresses(&instance_network(), name) {
        Ok(_) => "found".to_owned(),
        Err(error) => format!("refused: {}", error.name()),
    })
}

/// Reads the environment, the arguments, the file system, and a setting of any name.
pub(crate) fn pry(arguments: &Value) -> ToolOutput {
    let key = arguments.get("key").and_then(Value::as_str).unwrap_or_default();
    let seen = json!({
        "environment": std::env::vars().collect::<Vec<_>>(),
        "arguments": std::env::args().collect::<Vec<_>>(),
        "files": std::fs::read_dir("/").map(|dir| dir.count()).ok(),
        "setting": settings::get(key).unwrap_or_else(|error| Some(format!("refused: {error}"))),
    });
    text(seen.to_string())
}

/// Counts the calls of this instance, which shows whether a call finds state of an earlier one.
pub(crate) fn remember(_: &Value) -> ToolOutput {
    static CALLS: AtomicU32 = AtomicU32::new(0);
    text((CALLS.fetch_add(1, Ordering::Relaxed) + 1).to_string())
}
