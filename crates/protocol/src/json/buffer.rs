//! The buffer that JSON is written into. It takes no more bytes than a message may have: text can take six times as much in JSON, and what
//! a client is not sent must cost neither that memory nor the time to write it.

use std::io::{self, Write};

/// Bytes up to a limit. What does not fit, and all that follows, is lost, and the buffer says in the end that it was exceeded.
#[derive(Debug)]
pub struct JsonBuffer {
    bytes: Vec<u8>,
    /// None are taken any more once it is exceeded.
    limit: usize,
    is_exceeded: bool,
}

impl JsonBuffer {
    /// A buffer for at most so many bytes, with room for the first of them.
    #[must_use]
    pub fn new(limit: usize, capacity: usize) -> Self {
        Self { bytes: Vec::with_capacity(capacity), limit, is_exceeded: false }
    }

    /// A buffer for what is bounded elsewhere.
    #[must_use]
    pub fn unbounded() -> Self {
        Self::new(usize::MAX, 0)
    }

    /// What was written. None if it was more than the limit.
    #[must_use]
    pub fn finish(self) -> Option<Vec<u8>> {
        if self.is_exceeded { None } else { Some(self.bytes) }
    }

    #[inline]
    pub(crate) fn push(&mut self, byte: u8) {
        if self.has_room_for(1) {
            self.bytes.push(byte);
        }
    }

    #[inline]
    pub(crate) fn extend_from_slice(&mut self, bytes: &[u8]) {
        if self.has_room_for(bytes.len()) {
            self.bytes.extend_from_slice(bytes);
        }
    }

    /// Whether so many bytes fit. If they do not, the limit is exceeded: the caller was to write them.
    #[inline]
    pub(crate) fn has_room_for(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.limit.saturating_sub(self.bytes.len());
        if !fits {
            self.exceed();
        }
        fits
    }

    /// Whether nothing is taken any more, so that nothing more needs to be made.
    #[inline]
    pub(crate) fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }

    #[cold]
    fn exceed(&mut self) {
        *self = Self { bytes: Vec::new(), limit: 0, is_exceeded: true };
    }
}

impl Write for JsonBuffer {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    #[inline]
    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.has_room_for(bytes.len()) {
            true => {
                self.bytes.extend_from_slice(bytes);
                Ok(())
            }
            false => Err(io::ErrorKind::WriteZero.into()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_taken_up_to_the_limit_and_after_the_first_that_does_not_fit_none() {
        for (limit, parts, expected) in [
            (4, &["ab", "cd"][..], Some("abcd")),
            (3, &["ab", "cd"], None),
            (3, &["ab", "cd", "e"], None),
            (0, &[], Some("")),
            (0, &["", ""], Some("")),
            (1, &["ab", ""], None),
        ] {
            let (mut extended, mut written) = (JsonBuffer::new(limit, 0), JsonBuffer::new(limit, 0));
            for part in parts {
                extended.extend_from_slice(part.as_bytes());
                let _ = written.write_all(part.as_bytes());
            }
            let expected = expected.map(|text| text.as_bytes().to_vec());
            assert_eq!(extended.is_exceeded(), expected.is_none(), "{limit} {parts:?}");
            assert_eq!((extended.finish(), written.finish()), (expected.clone(), expected), "{limit} {parts:?}");
        }
        let mut full = JsonBuffer::new(1, 0);
        full.push(b'a');
        assert!(!full.is_exceeded());
        full.push(b'b');
        assert!(full.write(b"c").is_err() && full.finish().is_none());
    }

    #[test]
    fn a_text_that_is_larger_in_json_than_the_limit_is_not_written_whole() {
        let mut out = JsonBuffer::new(1000, 0);
        let written = serde_json::to_writer(&mut out, &"\u{1}".repeat(1 << 20));
        assert!(written.is_err(), "the writer goes on");
        assert_eq!(out.bytes.capacity(), 0, "what was written is kept");
    }
}
