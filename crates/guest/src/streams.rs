//! Whole bodies over the streams of `wasi:io`.

use wasi::io::error::Error;
use wasi::io::streams::{InputStream, OutputStream, StreamError};

use crate::executor::ready;

/// How many bytes a read asks for.
const CHUNK_BYTES: u64 = 64 << 10;

/// Why a stream was not read to its end.
#[derive(Debug)]
pub enum ReadError {
    /// There are more bytes than the limit.
    TooLarge,
    /// The stream failed.
    Failed(Error),
}

/// Reads a stream to its end, and keeps at most `limit` bytes.
pub async fn read_to_end(stream: &InputStream, limit: usize) -> Result<Vec<u8>, ReadError> {
    let mut left = limit;
    read_counted(stream, |bytes| left.checked_sub(bytes).map(|rest| left = rest).is_some()).await
}

/// Reads a stream to its end. Before each part is kept, `accepts` is asked about its length in bytes; where it is false there
/// are [too many](ReadError::TooLarge).
pub async fn read_counted(stream: &InputStream, mut accepts: impl FnMut(usize) -> bool) -> Result<Vec<u8>, ReadError> {
    let mut bytes = Vec::new();
    loop {
        let chunk = match stream.read(CHUNK_BYTES) {
            Ok(chunk) => chunk,
            Err(StreamError::Closed) => return Ok(bytes),
            Err(StreamError::LastOperationFailed(error)) => return Err(ReadError::Failed(error)),
        };
        if !accepts(chunk.len()) {
            return Err(ReadError::TooLarge);
        }
        match chunk.is_empty() {
            true => ready(stream.subscribe()).await,
            false if bytes.is_empty() => bytes = chunk,
            false => bytes.extend_from_slice(&chunk),
        }
    }
}

/// Writes all bytes, as many at once as the host takes. They may still be in the host's buffer then.
pub async fn write_all(stream: &OutputStream, mut bytes: &[u8]) -> Result<(), StreamError> {
    while !bytes.is_empty() {
        let permitted = usize::try_from(stream.check_write()?).unwrap_or(usize::MAX);
        if permitted == 0 {
            ready(stream.subscribe()).await;
            continue;
        }
        let (now, later) = bytes.split_at_checked(permitted).unwrap_or((bytes, &[]));
        stream.write(now)?;
        bytes = later;
    }
    Ok(())
}

/// Waits until the host has passed on all that was written.
pub async fn flush(stream: &OutputStream) -> Result<(), StreamError> {
    stream.flush()?;
    // A stream that is being flushed takes nothing, until the flush is done (`wasi:io/streams`, `flush`).
    while stream.check_write()? == 0 {
        ready(stream.subscribe()).await;
    }
    Ok(())
}
