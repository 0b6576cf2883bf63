//! Clients that are slow on purpose, or send too much: each is turned away, and the next one is served.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::BodyExt;
use server::BodyError;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use super::super::read_ahead::read_ahead;
use super::super::request_body::read;
use super::*;

/// Reads a body as the engine does at `/engine`, and elsewhere as a composed file does.
struct Reader;

impl Service for Reader {
    async fn answer(&self, request: Request<Incoming>, timeouts: Timeouts) -> Response<ResponseBody> {
        let status = match request.uri().path() {
            "/engine" => match read(request.into_body(), usize::MAX, timeouts).await {
                Ok(_) => StatusCode::OK,
                Err(BodyError::TooSlow) => StatusCode::REQUEST_TIMEOUT,
                Err(_) => StatusCode::BAD_REQUEST,
            },
            _ => match read_ahead(request.into_body(), timeouts).await {
                Ok(body) => body.collect().await.map_or(StatusCode::BAD_REQUEST, |_| StatusCode::OK),
                Err(_) => StatusCode::REQUEST_TIMEOUT,
            },
        };
        let mut response = Response::new(ResponseBody::from(server::Body::Full(Bytes::new())));
        *response.status_mut() = status;
        response
    }
}

async fn served() -> SocketAddr {
    let mut listener = Listener::bind(([127, 0, 0, 1], 0).into(), 16).await.expect("listener");
    listener.timeouts = Timeouts { head: Duration::from_millis(500), body_chunk: Duration::from_millis(100) };
    let address = listener.address().expect("address");
    tokio::spawn(listener.serve(Reader, std::future::pending()));
    address
}

/// The status of the response, or 0 where the server closes the connection without one.
async fn status(from: impl AsyncRead + Unpin) -> u16 {
    let mut line = String::new();
    // A server that closes the connection may not have read everything, which is an error here. By default hyper closes it after
    // 30 seconds.
    let _ =
        timeout(Duration::from_secs(20), BufReader::new(from).read_line(&mut line)).await.expect("an answer or an end");
    line.split(' ').nth(1).map_or(0, |status| status.parse().expect("status"))
}

async fn ask(server: SocketAddr, request: &str) -> u16 {
    let mut stream = TcpStream::connect(server).await.expect("connection");
    let _ = stream.write_all(request.as_bytes()).await;
    status(stream).await
}

#[tokio::test]
async fn a_client_that_stalls_or_sends_too_much_is_turned_away() {
    let head = |headers: &str| format!("GET /engine HTTP/1.1\r\nhost: a\r\n{headers}");
    let body = |path: &str, rest: &str| format!("POST {path} HTTP/1.1\r\nhost: a\r\n{rest}");
    // One byte more than is read ahead, and no end.
    let long = format!("transfer-encoding: chunked\r\n\r\n400001\r\n{}\r\n", "x".repeat(0x40_0001));
    let server = served().await;
    let cases = [
        ("nothing", String::new(), 0),
        ("a head that stalls", head(""), 0),
        ("a body that stalls", body("/engine", "content-length: 9\r\n\r\nhalf"), 408),
        ("a body for a composed file that stalls", body("/", "content-length: 9\r\n\r\nhalf"), 408),
        ("a body for a composed file that stalls after what is read ahead", body("/", &long), 400),
        ("128 headers", head(&"a: b\r\n".repeat(127)) + "\r\n", 200),
        ("129 headers", head(&"a: b\r\n".repeat(128)) + "\r\n", 431),
        ("a header of 32,769 bytes", head(&format!("a: {}\r\n\r\n", "b".repeat(32_769))), 200),
        ("a head of more than 64 KiB", head(&format!("a: {}\r\n\r\n", "b".repeat(MAX_HEAD_SIZE))), 431),
    ];
    for (name, request, expected) in cases {
        assert_eq!(ask(server, &request).await, expected, "{name}");
        assert_eq!(ask(server, &body("/engine", "content-length: 4\r\n\r\nbody")).await, 200, "after {name}");
    }
}

#[tokio::test]
async fn a_body_without_end_is_given_up() {
    let server = served().await;
    for path in ["/engine", "/"] {
        let (from, mut to) = TcpStream::connect(server).await.expect("connection").into_split();
        let head = format!("POST {path} HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n");
        to.write_all(head.as_bytes()).await.expect("head");
        let trickle = async {
            while to.write_all(b"1\r\nx\r\n").await.is_ok() {
                tokio::task::yield_now().await;
            }
            std::future::pending().await
        };
        let status = tokio::select! { status = status(from) => status, () = trickle => 0 };
        assert_eq!(status, 408, "{path}");
    }
}
