//! Reads the body of a request for the engine.

use bytes::Bytes;
use hyper::body::Body;
use server::BodyError;
use tokio::time::Instant;

use super::body_buffer::BodyBuffer;
use super::byte_budget::{Held, NoRoom};
use super::client_body::{ClientBody, TooSlow};
use super::timeouts::Timeouts;

/// Reads a body of at most `limit` bytes, and holds room for it.
pub(super) async fn read(mut body: ClientBody, limit: usize, timeouts: Timeouts) -> Result<(Bytes, Held), BodyError> {
    let deadline = Instant::now() + timeouts.whole_body();
    let mut buffer = BodyBuffer::default();
    loop {
        let next = body.next((Instant::now() + timeouts.body_chunk).min(deadline)).await;
        let Some(frame) = next.map_err(|TooSlow| BodyError::TooSlow)? else { break };
        let Ok(part) = frame.map_err(|_| BodyError::CutShort)?.into_data() else { continue };
        if buffer.len() + part.len() > limit {
            return Err(BodyError::TooLarge);
        }
        buffer.push(&part, &body).await.map_err(|NoRoom| BodyError::NoRoom)?;
        if body.is_end_stream() {
            break;
        }
    }
    Ok(buffer.finish())
}
