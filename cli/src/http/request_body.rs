//! Reads the body of a request for the engine.

use bytes::{Bytes, BytesMut};
use hyper::body::Body;
use server::BodyError;
use tokio::time::Instant;

use super::byte_budget::{Held, NoRoom};
use super::client_body::{ClientBody, TooSlow};
use super::timeouts::Timeouts;

/// Reads a body of at most `limit` bytes, and holds room for it. A body that arrives in one part, as most do, is not copied.
pub(super) async fn read(mut body: ClientBody, limit: usize, timeouts: Timeouts) -> Result<(Bytes, Held), BodyError> {
    let deadline = Instant::now() + timeouts.whole_body();
    let mut whole = Bytes::new();
    let mut parts = BytesMut::new();
    let mut held = Held::default();
    loop {
        let next = body.next((Instant::now() + timeouts.body_chunk).min(deadline)).await;
        let Some(frame) = next.map_err(|TooSlow| BodyError::TooSlow)? else { break };
        let Ok(part) = frame.map_err(|_| BodyError::CutShort)?.into_data() else { continue };
        let size = whole.len() + parts.len() + part.len();
        if size > limit {
            return Err(BodyError::TooLarge);
        }
        body.hold(&mut held, size).await.map_err(|NoRoom| BodyError::NoRoom)?;
        if whole.is_empty() && parts.is_empty() {
            whole = part;
        } else {
            parts.extend_from_slice(&std::mem::take(&mut whole));
            parts.extend_from_slice(&part);
        }
        if body.is_end_stream() {
            break;
        }
    }
    Ok((if parts.is_empty() { whole } else { parts.freeze() }, held))
}
