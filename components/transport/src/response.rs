//! Sends an answer of the engine by `wasi:http`.

use futures_util::StreamExt;
use guest::streams::{flush, write_all};
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use server::{Body, Response};
use wasi::http::types::{ErrorCode, Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasi::io::streams::{OutputStream, StreamError};

/// Sends the whole answer. A client that hangs up ends the sending, and drops the events that are left.
pub(crate) async fn send(response: Response, out: ResponseOutparam) {
    let (mut head, body) = response.into_parts();
    if let Body::Full(bytes) = &body
        && head.status != StatusCode::NO_CONTENT
    {
        head.headers.insert(CONTENT_LENGTH, bytes.len().into());
    }
    let Some((response, outgoing)) = begin(head.status, &head.headers) else {
        let code = ErrorCode::InternalError(Some("the host refuses a header of the answer".to_owned()));
        return ResponseOutparam::set(out, Err(code));
    };
    ResponseOutparam::set(out, Ok(response));
    let Ok(stream) = outgoing.write() else { return };
    let sent = match body {
        Body::Full(bytes) => write_all(&stream, &bytes).await,
        Body::Events(mut events) => loop {
            let Some(event) = events.next().await else { break Ok(()) };
            if let Err(gone) = write_event(&stream, &event).await {
                break Err(gone);
            }
        },
    };
    drop(stream);
    // Without a finish the host tells the client that the body is not whole. A client that has hung up needs no finish.
    if sent.is_ok() {
        let _ = OutgoingBody::finish(outgoing, None);
    }
}

/// An event goes out at once.
async fn write_event(stream: &OutputStream, event: &[u8]) -> Result<(), StreamError> {
    write_all(stream, event).await?;
    flush(stream).await
}

fn begin(status: StatusCode, headers: &HeaderMap) -> Option<(OutgoingResponse, OutgoingBody)> {
    let entries: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let response = OutgoingResponse::new(Fields::from_list(&entries).ok()?);
    response.set_status_code(status.as_u16()).ok()?;
    let body = response.body().ok()?;
    Some((response, body))
}
