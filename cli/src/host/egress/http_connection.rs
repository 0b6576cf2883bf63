//! A connection to a server, with a bound on what the server may send before the head of its response is there: hyper drops
//! informational responses, and the work for them counts against no call.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use http::{Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::task::JoinSet;
use tokio::time::timeout;
use wasmtime_wasi_http::{Result, WasiBody};

/// How many bytes a connection reads ahead of the component, and how large the head of a response may be.
const MAX_BUFFER_BYTES: usize = 64 << 10;
/// How many bytes a server may send until the head of its response is there, informational responses included, and what is read ahead of
/// its body.
const MAX_BYTES_BEFORE_RESPONSE: usize = 512 << 10;
/// How long a connection may take to become ready for its next request once a response has been read. It is ready at once, unless the
/// server still sends something of the last response, or has not taken the whole request.
const READY_TIMEOUT: Duration = Duration::from_millis(5);

/// A connection that lives as long as this, also where its server takes nothing more of a request: its socket and what it still has to send
/// belong to no call.
pub(super) struct HttpConnection {
    sender: SendRequest<WasiBody>,
    left: BytesLeft,
    unsent: Unsent,
    _task: JoinSet<()>,
}

/// Why a request has no response.
#[derive(Debug)]
pub(super) enum SendError {
    /// The connection was closed before, and nothing of the request was sent.
    NotSent(Box<Request<WasiBody>>, hyper::Error),
    /// The connection ended before the server sent a byte. The server may have read the request.
    NotAnswered(hyper::Error),
    /// What the server sent is no response.
    Failed(hyper::Error),
}

/// How many bytes may be read now.
#[derive(Clone)]
struct BytesLeft(Arc<AtomicUsize>);

/// Whether bytes of a request wait for the server.
#[derive(Clone)]
struct Unsent(Arc<AtomicBool>);

/// A stream that reads no more bytes than are left, and knows whether all bytes were written.
struct BoundedStream<S> {
    stream: S,
    left: BytesLeft,
    unsent: Unsent,
}

impl HttpConnection {
    /// Starts HTTP/1.1 on a stream.
    pub(super) async fn start(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Result<Self> {
        let left = BytesLeft(Arc::new(AtomicUsize::new(usize::MAX)));
        let unsent = Unsent(Arc::default());
        let stream = TokioIo::new(BoundedStream { stream, left: left.clone(), unsent: unsent.clone() });
        let (sender, connection) = Builder::new().max_buf_size(MAX_BUFFER_BYTES).handshake(stream).await?;
        let mut task = JoinSet::new();
        // The request that the connection carries reports the errors of the connection.
        task.spawn(async move { drop(connection.await) });
        Ok(Self { sender, left, unsent, _task: task })
    }

    pub(super) fn is_closed(&self) -> bool {
        self.sender.is_closed()
    }

    /// Whether the next request can be sent, and the last one was sent whole.
    pub(super) fn is_ready(&self) -> bool {
        self.sender.is_ready() && !self.unsent.get()
    }

    /// Waits until the next request can be sent, which is false where that takes too long.
    pub(super) async fn becomes_ready(&mut self) -> bool {
        self.is_ready() || matches!(timeout(READY_TIMEOUT, self.sender.ready()).await, Ok(Ok(()))) && !self.unsent.get()
    }

    /// Sends a request, and returns its response when the head is there.
    pub(super) async fn send(
        &mut self,
        request: Request<WasiBody>,
    ) -> std::result::Result<Response<Incoming>, SendError> {
        self.left.set(MAX_BYTES_BEFORE_RESPONSE);
        let response = self.sender.try_send_request(request).await;
        let is_silent = self.left.get() == MAX_BYTES_BEFORE_RESPONSE;
        self.left.set(usize::MAX);
        response.map_err(|mut error| match error.take_message() {
            Some(unsent) => SendError::NotSent(Box::new(unsent), error.into_error()),
            None if is_silent => SendError::NotAnswered(error.into_error()),
            None => SendError::Failed(error.into_error()),
        })
    }
}

impl SendError {
    pub(super) fn into_error(self) -> hyper::Error {
        match self {
            Self::NotSent(_, error) | Self::NotAnswered(error) | Self::Failed(error) => error,
        }
    }
}

impl BytesLeft {
    fn set(&self, bytes: usize) {
        self.0.store(bytes, Ordering::Relaxed);
    }

    fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Takes bytes, if there are so many.
    fn take(&self, bytes: usize) -> bool {
        let take = |left: usize| if left == usize::MAX { Some(left) } else { left.checked_sub(bytes) };
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take).is_ok()
    }
}

impl Unsent {
    fn set(&self, is_unsent: bool) {
        self.0.store(is_unsent, Ordering::Relaxed);
    }

    fn get(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for BoundedStream<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        match self.left.take(buffer.filled().len() - before) {
            true => Poll::Ready(Ok(())),
            false => Poll::Ready(Err(io::Error::other("the server sent too much before its response"))),
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for BoundedStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.unsent.set(true);
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.unsent.set(true);
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(Pin::new(&mut self.stream).poll_flush(context))?;
        // hyper flushes a stream when it has written all that it has.
        self.unsent.set(false);
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::{BodyExt, Empty};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    fn request() -> Request<WasiBody> {
        let body = Empty::new().map_err(|never| match never {}).boxed_unsync();
        Request::get("/").header("host", "a").body(body).expect("a request")
    }

    /// The status of a response, or 0 where there is none, of a server that sends these bytes and then this one text for ever.
    async fn status(first: String, for_ever: &'static [u8]) -> u16 {
        let (client, mut server) = tokio::io::duplex(64 << 10);
        tokio::spawn(async move {
            // A response before the request would be one to no request.
            let _ = server.read_u8().await;
            let _ = server.write_all(first.as_bytes()).await;
            while server.write_all(for_ever).await.is_ok() {}
        });
        let mut connection = HttpConnection::start(client).await.expect("a connection");
        connection.send(request()).await.map_or(0, |response| response.status().as_u16())
    }

    #[tokio::test]
    async fn a_server_that_sends_informational_responses_for_ever_is_given_up() {
        let early = "HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n";
        assert_eq!(status(String::new(), early.as_bytes()).await, 0);
        let body = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        assert_eq!(status(early.repeat(100) + body, b"1\r\nx\r\n").await, 200);
    }

    #[tokio::test]
    async fn a_body_may_be_longer_than_what_comes_before_a_response() {
        let (client, mut server) = tokio::io::duplex(64 << 10);
        let size = 4 * MAX_BYTES_BEFORE_RESPONSE;
        tokio::spawn(async move {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {size}\r\n\r\n");
            let _ = server.read_u8().await;
            let _ = server.write_all((head + &"x".repeat(size)).as_bytes()).await;
        });
        let mut connection = HttpConnection::start(client).await.expect("a connection");
        let response = connection.send(request()).await.map_err(SendError::into_error).expect("a response");
        assert_eq!(response.into_body().collect().await.expect("a body").to_bytes().len(), size);
    }

    #[tokio::test]
    async fn a_connection_ends_with_its_owner_though_the_server_does_not_take_the_request() {
        let body = "x".repeat(1 << 20);
        for (answer, has_response) in [("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", true), ("HTTP/1.1 200", false)]
        {
            let (client, mut server) = tokio::io::duplex(1 << 10);
            let mut connection = HttpConnection::start(client).await.expect("a connection");
            let request = request().map(|_| super::super::resend::body_of(body.clone().into()));
            let answer_early = async {
                server.read_u8().await.expect("a request");
                server.write_all(answer.as_bytes()).await.expect("room");
            };
            // The other response never comes.
            let patience = if has_response { Duration::from_secs(60) } else { Duration::from_millis(20) };
            let (response, ()) = tokio::join!(timeout(patience, connection.send(request)), answer_early);
            assert_eq!(response.is_ok_and(|response| response.is_ok()), has_response, "{answer}");
            assert!(!connection.becomes_ready().await, "the request was not sent whole");
            drop(connection);
            let ended = async { while server.write_all(b"x").await.is_ok() {} };
            timeout(Duration::from_secs(60), ended).await.expect("the connection is still there");
        }
    }

    #[tokio::test]
    async fn a_response_whose_head_is_too_large_is_an_error() {
        for (value_bytes, is_taken) in [(1000, true), (MAX_BUFFER_BYTES / 2, true), (MAX_BUFFER_BYTES * 4, false)] {
            let (client, mut server) = tokio::io::duplex(1 << 20);
            let mut connection = HttpConnection::start(client).await.expect("a connection");
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: {}\r\n\r\n", "x".repeat(value_bytes));
            let answer = async {
                server.read_u8().await.expect("a request");
                server.write_all(head.as_bytes()).await.expect("room");
            };
            let (response, ()) = tokio::join!(connection.send(request()), answer);
            assert_eq!(response.is_ok(), is_taken, "{value_bytes}");
        }
    }
}
