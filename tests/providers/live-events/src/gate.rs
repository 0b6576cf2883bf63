//! Asks the test's server whether the call may end.

use wasi::http::outgoing_handler::handle;
use wasi::http::types::{Fields, OutgoingRequest, Scheme};

use crate::bindings::wasmcp::mcp::settings;

/// Sends one request to the server of the setting `url`, and waits for its answer.
pub(crate) fn wait() -> Result<(), String> {
    let url = settings::get("url").map_err(|error| format!("{error:?}"))?.ok_or("the setting `url` is not set")?;
    let authority = url.strip_prefix("http://").ok_or("the setting `url` is not `http://HOST:PORT`")?;
    let request = OutgoingRequest::new(Fields::new());
    let set = request.set_scheme(Some(&Scheme::Http)).and_then(|()| request.set_authority(Some(authority)));
    set.and_then(|()| request.set_path_with_query(Some("/gate"))).map_err(|()| "the host takes no such URL")?;
    let answer = handle(request, None).map_err(|error| format!("{error:?}"))?;
    answer.subscribe().block();
    match answer.get() {
        Some(Ok(Ok(response))) if response.status() == 200 => Ok(()),
        other => Err(format!("the server did not let the call end: {other:?}")),
    }
}
