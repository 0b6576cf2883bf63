//! What is kept of a body while it comes. A part of a body is a piece of the buffer of its connection, which would be held with it: so the
//! parts are copied into one buffer, and what counts is what that buffer can take.

use bytes::Bytes;
use hyper::body::Body;

use super::byte_budget::{Held, NoRoom};
use super::client_body::ClientBody;

/// The bytes of a body so far, and the room for them.
#[derive(Default)]
pub(super) struct BodyBuffer {
    bytes: Vec<u8>,
    held: Held,
}

impl BodyBuffer {
    /// How many bytes have come.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Adds a part of the body.
    pub(super) async fn push(&mut self, part: &[u8], body: &ClientBody) -> Result<(), NoRoom> {
        let needed = self.bytes.len().saturating_add(part.len());
        let (capacity, left) = (self.bytes.capacity(), body.size_hint().exact());
        if needed > capacity {
            let whole = left.and_then(|left| usize::try_from(left).ok()).map(|left| needed.saturating_add(left));
            let capacity = grown(capacity, needed, whole);
            body.hold(&mut self.held, capacity).await?;
            self.bytes.reserve_exact(capacity.saturating_sub(self.bytes.len()));
        }
        self.bytes.extend_from_slice(part);
        Ok(())
    }

    /// The whole body, and its room.
    pub(super) fn finish(self) -> (Bytes, Held) {
        (self.bytes.into(), self.held)
    }
}

/// How large a buffer becomes that needs so many bytes: twice as large as it was, but no larger than the whole body, where that is known.
fn grown(capacity: usize, needed: usize, whole: Option<usize>) -> usize {
    capacity.saturating_mul(2).min(whole.unwrap_or(usize::MAX)).max(needed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_buffer_grows_by_doubling_and_has_no_more_room_than_its_body_is_long() {
        for (capacity, needed, whole, expected) in [
            (0, 300, Some(300), 300),
            (0, 300, None, 300),
            (300, 301, None, 600),
            (300, 301, Some(10_000), 600),
            (300, 301, Some(400), 400),
            (300, 900, Some(10_000), 900),
        ] {
            assert_eq!(grown(capacity, needed, whole), expected, "{capacity} {needed} {whole:?}");
        }
    }
}
