use futures_util::StreamExt;
use http::header::CONTENT_LENGTH;
use http::{HeaderMap, StatusCode};
use server::{Body, Response};
use wasi::http::types::{ErrorCode, Fields, OutgoingBody, OutgoingResponse, ResponseOutparam};
use wasi::io::streams::{OutputStream, StreamError};

use crate::executor;

/// Sends it all. A client that hangs up ends the sending, and drops what would still have come.
pub(crate) fn send(response: Response, out: ResponseOutparam) {
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
        Body::Full(bytes) => write(&stream, &bytes),
        Body::Events(mut events) => loop {
            match executor::run(events.next()) {
                Ok(Some(event)) => match write(&stream, &event).and_then(|()| stream.blocking_flush()) {
                    Ok(()) => {}
                    Err(gone) => break Err(gone),
                },
                Ok(None) => break Ok(()),
                Err(executor::Stuck) => break Err(StreamError::Closed),
            }
        },
    };
    drop(stream);
    // Without a finish the host tells the client that the body is not whole. Of one that nobody reads any more there is
    // nobody to tell.
    if sent.is_ok() {
        let _ = OutgoingBody::finish(outgoing, None);
    }
}

fn begin(status: StatusCode, headers: &HeaderMap) -> Option<(OutgoingResponse, OutgoingBody)> {
    let entries: Vec<_> = headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect();
    let response = OutgoingResponse::new(Fields::from_list(&entries).ok()?);
    response.set_status_code(status.as_u16()).ok()?;
    let body = response.body().ok()?;
    Some((response, body))
}

/// Writes as much at once as the host takes.
fn write(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let permitted = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
        if permitted == 0 {
            stream.subscribe().block();
            continue;
        }
        let (now, later) = bytes.split_at_checked(permitted).unwrap_or((bytes, &[]));
        stream.write(now)?;
        bytes = later;
    }
    Ok(())
}
