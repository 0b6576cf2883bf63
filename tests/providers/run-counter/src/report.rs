//! Requests to the server that counts runs.

use wasi::clocks::monotonic_clock::subscribe_duration;
use wasi::http::outgoing_handler::handle;
use wasi::http::types::{Fields, OutgoingRequest, Scheme};

use crate::bindings::wasmcp::mcp::model::{Context, McpError};
use crate::bindings::wasmcp::mcp::settings;

/// Reports that a function runs for this id, and waits for the answer.
pub(crate) fn run(function: &str, id: &str, ctx: &Context) -> Result<(), McpError> {
    let url = settings::get("url")?;
    let url = url.ok_or_else(|| McpError::Internal("the setting `url` is not set".to_owned()))?;
    get(&url, &format!("/{function}/{id}/{}", ctx.attempt)).map_err(McpError::Internal)
}

fn get(url: &str, path: &str) -> Result<(), String> {
    let authority = url.strip_prefix("http://").ok_or("the setting `url` is not `http://HOST:PORT`")?;
    let request = OutgoingRequest::new(Fields::new());
    let set = request.set_scheme(Some(&Scheme::Http)).and_then(|()| request.set_authority(Some(authority)));
    set.and_then(|()| request.set_path_with_query(Some(path))).map_err(|()| "the host takes no such URL".to_owned())?;
    let answer = handle(request, None).map_err(|error| format!("{error:?}"))?;
    answer.subscribe().block();
    match answer.get() {
        Some(Ok(Ok(response))) if response.status() == 200 => Ok(()),
        other => Err(format!("the run is not counted: {other:?}")),
    }
}

/// Waits for a number of milliseconds.
pub(crate) fn sleep(ms: u32) {
    if ms > 0 {
        subscribe_duration(u64::from(ms) * 1_000_000).block();
    }
}
