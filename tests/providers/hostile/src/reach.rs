//! Tools that try to reach resources of others, and answer with the outcome.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::{Value, json};
use wasi::clocks::monotonic_clock::subscribe_duration;
use wasi::http::outgoing_handler::handle;
use wasi::http::types::{Fields, FutureIncomingResponse, Method, OutgoingRequest, Scheme};
use wasi::io::poll::poll;
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

/// Fetches `http://AUTHORITY/` of the place that the setting `list-from` names, as a provider does whose tools are those of another server.
pub(crate) fn list_from() -> Result<(), String> {
    match settings::get("list-from").ok().flatten() {
        Some(authority) => begin(&json!({ "authority": authority })).and_then(|response| end(&response)).map(drop),
        None => Ok(()),
    }
}

/// Fetches `http://AUTHORITY/` a number of times at once, and answers with the outcome of the last time.
pub(crate) fn send_many(arguments: &Value) -> ToolOutput {
    let begun: Result<Vec<_>, String> = (0..number(arguments, "requests")).map(|_| begin(arguments)).collect();
    let got = begun.and_then(|begun| begun.last().map_or_else(|| Err("no request".to_owned()), end));
    text(got.unwrap_or_else(|error| format!("refused: {error}")))
}

/// Sends a body without end to `http://AUTHORITY/` for a number of milliseconds, and answers with how much of it went out.
pub(crate) fn upload(arguments: &Value) -> ToolOutput {
    text(send_body(arguments).unwrap_or_else(|error| format!("refused: {error}")))
}

fn send_body(arguments: &Value) -> Result<String, String> {
    let request = request(arguments)?;
    request.set_method(&Method::Post).map_err(|()| "not a method".to_owned())?;
    let body = request.body().map_err(|()| "no body".to_owned())?;
    let stream = body.write().map_err(|()| "no stream".to_owned())?;
    let _response = handle(request, None).map_err(|error| format!("{error:?}"))?;
    let nanoseconds = u64::try_from(number(arguments, "ms")).unwrap_or(u64::MAX).saturating_mul(1_000_000);
    let end = subscribe_duration(nanoseconds);
    let (chunk, mut sent) = (vec![b'x'; 64 << 10], 0_usize);
    while !end.ready() {
        let room = stream.check_write().map_err(|error| format!("{error:?} after {sent} bytes"))?;
        let part = chunk.get(..usize::try_from(room).unwrap_or(usize::MAX).min(chunk.len())).unwrap_or_default();
        if part.is_empty() {
            poll(&[&stream.subscribe(), &end]);
            continue;
        }
        stream.write(part).map_err(|error| format!("{error:?} after {sent} bytes"))?;
        sent += part.len();
    }
    Ok(format!("sent {sent} bytes"))
}

fn begin(arguments: &Value) -> Result<FutureIncomingResponse, String> {
    handle(request(arguments)?, None).map_err(|error| format!("{error:?}"))
}

/// A request for `http://AUTHORITY/`.
fn request(arguments: &Value) -> Result<OutgoingRequest, String> {
    let authority = arguments.get("authority").and_then(Value::as_str).unwrap_or_default();
    let request = OutgoingRequest::new(Fields::new());
    let set = request.set_scheme(Some(&Scheme::Http)).and_then(|()| request.set_authority(Some(authority)));
    set.and_then(|()| request.set_path_with_query(Some("/"))).map_err(|()| "not an address".to_owned())?;
    Ok(request)
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
