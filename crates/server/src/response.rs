use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;

/// What the shell sends. Its headers are complete but for `content-length` and those of the connection.
pub type Response = http::Response<Body>;

/// The body of a response.
pub enum Body {
    /// All of it.
    Full(Bytes),
    /// Server-sent events, each of which goes out as soon as it is there. The client that hangs up cancels the call: the shell
    /// drops the stream (MCP 2026-07-28, transports: a closed response stream is a cancellation).
    Events(Pin<Box<dyn Stream<Item = Bytes> + Send>>),
}
