use wasi::clocks::monotonic_clock::subscribe_duration;
use wasi::http::outgoing_handler::handle;
use wasi::http::types::{Fields, OutgoingRequest, Scheme};

/// Tells whoever counts that this runs, and waits until it knows.
pub(crate) fn run(url: &str, path: &str) -> Result<(), String> {
    let authority = url.strip_prefix("http://").ok_or("the setting `url` is not `http://HOST:PORT`")?;
    let request = OutgoingRequest::new(Fields::new());
    let set = request.set_scheme(Some(&Scheme::Http)).and_then(|()| request.set_authority(Some(authority)));
    set.and_then(|()| request.set_path_with_query(Some(path))).map_err(|()| "the host takes no such URL".to_owned())?;
    let answer = handle(request, None).map_err(|error| format!("{error:?}"))?;
    answer.subscribe().block();
    match answer.get() {
        Some(Ok(Ok(response))) if response.status() == 200 => Ok(()),
        other => Err(format!("nobody counts: {other:?}")),
    }
}

/// Does nothing for a while.
pub(crate) fn sleep(ms: u32) {
    if ms > 0 {
        subscribe_duration(u64::from(ms) * 1_000_000).block();
    }
}
