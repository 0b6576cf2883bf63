//! A whole server for tests, in the place of a composed file. The path of a request says how its answer ends; that of the probes ends well.

use wasi::exports::http::incoming_handler::Guest;
use wasi::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

struct BrokenServer;

#[allow(unsafe_code, reason = "generated")]
mod export {
    use super::BrokenServer;

    wasi::http::proxy::export!(BrokenServer);
}

impl Guest for BrokenServer {
    fn handle(request: IncomingRequest, response: ResponseOutparam) {
        let path = request.path_with_query().unwrap_or_default();
        let (media_type, text) = match path.as_str() {
            "/readyz" => ("text/plain", "ready\n"),
            path if path.starts_with("/events") => {
                ("text/event-stream", "data: {\"method\":\"notifications/progress\"}\n\n")
            }
            path if path.starts_with("/half") => ("text/event-stream", "data: {\"id\":1,\"result\":{}}\n"),
            path if path.starts_with("/answered") => ("text/event-stream", "data: {\"id\":1,\"result\":{}}\n\n"),
            _ => ("application/json", "{\"id\":1,"),
        };
        let headers = Fields::new();
        let _ = headers.append("content-type", media_type.as_bytes());
        let head = OutgoingResponse::new(headers);
        let body = head.body();
        ResponseOutparam::set(response, Ok(head));
        let Ok(body) = body else { return };
        if let Ok(stream) = body.write() {
            let _ = stream.blocking_write_and_flush(text.as_bytes());
        }
        match path.rsplit('-').next() {
            Some("trap") => std::process::abort(),
            Some("spin") => loop {
                std::hint::black_box(0);
            },
            Some("drop") => drop(body),
            _ => drop(OutgoingBody::finish(body, None)),
        }
    }
}
