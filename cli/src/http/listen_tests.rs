//! Clients that are slow on purpose, or send too much: each is turned away, and the next one is served.

use bytes::Bytes;
use http::StatusCode;
use http_body_util::BodyExt;
use server::BodyError;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::sync::{Notify, oneshot};
use tokio::time::timeout;

use super::super::read_ahead::{ReadError, read_ahead};
use super::super::request_body::read;
use super::*;

#[path = "room_tests.rs"]
mod room;

const LIMITS: ListenerLimits =
    ListenerLimits { connections: 16, keep_alive: Duration::from_secs(60), drain: Duration::from_millis(100) };

/// An answer that the buffers of a connection do not hold.
const LARGE_ANSWER: usize = 32 << 20;

/// Reads a body as the engine does at `/engine`, not at all at `/refused`, and elsewhere as a composed file does.
struct Reader;

impl Service for Reader {
    async fn answer(
        &self,
        request: Request<ClientBody>,
        timeouts: Timeouts,
        _: impl Future<Output = ()> + Send,
    ) -> Response<ResponseBody> {
        let status = match request.uri().path() {
            "/engine" => match read(request.into_body(), usize::MAX, timeouts).await {
                Ok((body, _)) => match is_held_alone(body) {
                    true => StatusCode::OK,
                    false => StatusCode::INTERNAL_SERVER_ERROR,
                },
                Err(BodyError::TooSlow) => StatusCode::REQUEST_TIMEOUT,
                Err(BodyError::NoRoom) => StatusCode::SERVICE_UNAVAILABLE,
                Err(_) => StatusCode::BAD_REQUEST,
            },
            "/large" => return Response::new(ResponseBody::from(server::Body::Full(vec![b'x'; LARGE_ANSWER].into()))),
            "/refused" => StatusCode::PAYLOAD_TOO_LARGE,
            _ => match read_ahead(request.into_body(), timeouts).await {
                Ok(ahead) => ahead.body.collect().await.map_or(StatusCode::BAD_REQUEST, |_| StatusCode::OK),
                Err(ReadError::TooSlow) => StatusCode::REQUEST_TIMEOUT,
                Err(ReadError::NoRoom) => StatusCode::SERVICE_UNAVAILABLE,
            },
        };
        let mut response = Response::new(ResponseBody::from(server::Body::Full(Bytes::new())));
        *response.status_mut() = status;
        response
    }
}

/// Whether a body holds no part of the buffer of its connection, nor much more than itself.
fn is_held_alone(body: Bytes) -> bool {
    let size = body.len();
    body.is_empty() || body.try_into_mut().is_ok_and(|own| own.capacity() <= 2 * size)
}

async fn served() -> SocketAddr {
    let mut listener = Listener::bind(([127, 0, 0, 1], 0).into(), LIMITS).await.expect("listener");
    let brief = Duration::from_millis(100);
    listener.timeouts = Timeouts {
        keep_alive: 5 * brief,
        head: 5 * brief,
        body_chunk: brief,
        contested_body: brief,
        contested_answer: brief,
        discard_chunk: brief,
        discard: 600 * brief,
        behind: brief,
    };
    let address = listener.address().expect("address");
    tokio::spawn(listener.serve(Reader, pending()));
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
            pending().await
        };
        let status = tokio::select! { status = status(from) => status, () = trickle => 0 };
        assert_eq!(status, 408, "{path}");
    }
}

/// Everything that the server sends until it closes the connection.
async fn read_to_end(mut from: impl AsyncRead + Unpin) -> String {
    let mut answer = Vec::new();
    let ended = timeout(Duration::from_secs(20), from.read_to_end(&mut answer)).await.expect("an end");
    ended.unwrap_or_else(|error| panic!("{error} after {answer:?}"));
    String::from_utf8(answer).expect("text")
}

#[tokio::test]
async fn a_client_that_writes_before_it_reads_gets_its_refusal() {
    const SIZE: usize = 5 << 20;
    let server = served().await;
    let body = "x".repeat(SIZE);
    let chunked = format!("transfer-encoding: chunked\r\n\r\n{SIZE:x}\r\n{body}\r\n0\r\n\r\n");
    for rest in [format!("content-length: {SIZE}\r\n\r\n{body}"), chunked] {
        let mut stream = TcpStream::connect(server).await.expect("connection");
        let request = format!("POST /refused HTTP/1.1\r\nhost: a\r\n{rest}");
        stream.write_all(request.as_bytes()).await.expect("the server reads on");
        let answer = read_to_end(stream).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    }
}

#[tokio::test]
async fn a_client_that_waits_for_permission_is_not_asked_for_a_body_that_is_refused() {
    let server = served().await;
    let mut stream = TcpStream::connect(server).await.expect("connection");
    let head = "POST /refused HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\nexpect: 100-continue\r\n\r\n";
    stream.write_all(head.as_bytes()).await.expect("head");
    let answer = read_to_end(stream).await;
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn a_refused_body_is_dropped_for_a_bounded_size_and_silence() {
    let server = served().await;
    for endless in [true, false] {
        let (from, mut to) = TcpStream::connect(server).await.expect("connection").into_split();
        to.write_all(b"POST /refused HTTP/1.1\r\nhost: a\r\ncontent-length: 9999999999\r\n\r\n").await.expect("head");
        assert_eq!(status(from).await, 413, "endless: {endless}");
        let part = vec![b'x'; 1 << 20];
        let written = async {
            let mut parts = 0;
            while endless && to.write_all(&part).await.is_ok() {
                parts += 1;
            }
            parts
        };
        let parts = timeout(Duration::from_secs(20), written).await.expect("the server closes the connection");
        assert!(parts < 100, "{parts} MiB were read");
    }
}

#[tokio::test]
async fn a_client_that_reads_its_answer_for_ever_is_cut_off() {
    let mut stream = send(served().await, "GET /large HTTP/1.1\r\nhost: a\r\n\r\n").await;
    let (mut read, mut few) = (0, [0; 16]);
    while let Ok(count @ 1..) = stream.read(&mut few).await {
        read += count;
    }
    assert!(read < LARGE_ANSWER, "{read}");
}

/// Answers at `/slow` when the test lets it, and elsewhere at once.
struct Slow(Arc<Notify>);

impl Service for Slow {
    async fn answer(
        &self,
        request: Request<ClientBody>,
        _: Timeouts,
        _: impl Future<Output = ()> + Send,
    ) -> Response<ResponseBody> {
        if request.uri().path() == "/slow" {
            self.0.notified().await;
        }
        Response::new(ResponseBody::from(server::Body::Full(Bytes::from_static(b"done"))))
    }
}

/// A listener with these limits, what lets `/slow` answer, and what stops the listener.
async fn slow(limits: ListenerLimits) -> (SocketAddr, Arc<Notify>, oneshot::Sender<()>) {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), limits).await.expect("listener");
    let (address, open) = (listener.address().expect("address"), Arc::new(Notify::new()));
    let (stop, stopped) = oneshot::channel();
    tokio::spawn(listener.serve(Slow(Arc::clone(&open)), async { stopped.await.unwrap_or(()) }));
    (address, open, stop)
}

async fn send(server: SocketAddr, request: &str) -> TcpStream {
    let mut stream = TcpStream::connect(server).await.expect("connection");
    stream.write_all(request.as_bytes()).await.expect("request");
    stream
}

const GET: &str = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
const GET_SLOW: &str = "GET /slow HTTP/1.1\r\nhost: a\r\n\r\n";
const GET_SLOW_MODERN: &str = "GET /slow HTTP/1.1\r\nhost: a\r\nmcp-protocol-version: 2026-07-28\r\n\r\n";

#[tokio::test]
async fn a_client_that_has_closed_its_side_gets_its_answer() {
    let (server, open, _stop) = slow(LIMITS).await;
    let mut stream = send(server, GET_SLOW).await;
    stream.shutdown().await.expect("half close");
    // A call of 2026-07-28 is cancelled by that: once a later one is, the server has had the time to notice the first.
    let mut cancelled = send(server, GET_SLOW_MODERN).await;
    cancelled.shutdown().await.expect("half close");
    assert_eq!(read_to_end(cancelled).await, "");
    open.notify_one();
    let answer = read_to_end(stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 ") && answer.ends_with("done"), "{answer}");
}

#[tokio::test]
async fn the_connection_that_is_idle_for_the_longest_time_makes_room() {
    let (server, open, _stop) = slow(ListenerLimits { connections: 4, ..LIMITS }).await;
    let busy = send(server, GET_SLOW).await;
    let mut idle = Vec::new();
    for request in [GET, "", "GET / HT"] {
        let mut stream = send(server, request).await;
        if request == GET {
            stream.read_exact(&mut [0; 15]).await.expect("an answer");
        }
        idle.push(stream);
    }
    for _ in 0..5 {
        let mut stream = send(server, GET).await;
        let mut start = [0; 15];
        timeout(Duration::from_secs(20), stream.read_exact(&mut start)).await.expect("room").expect("an answer");
        assert_eq!(&start, b"HTTP/1.1 200 OK");
        idle.push(stream);
    }
    open.notify_one();
    let mut start = [0; 15];
    let mut busy = busy;
    busy.read_exact(&mut start).await.expect("the connection with a request stays");
    for stream in idle.into_iter().take(3) {
        read_to_end(stream).await;
    }
}

/// Answers no request for `/stuck`, and those for `/given-up` once they are not waited for.
#[derive(Default)]
struct Stuck {
    /// How long such a request may take without its client.
    time_alone: Option<Duration>,
    /// Notified when one of them begins.
    begun: Arc<Notify>,
}

impl Service for Stuck {
    fn time_alone(&self) -> Option<Duration> {
        self.time_alone
    }

    async fn answer(
        &self,
        request: Request<ClientBody>,
        _: Timeouts,
        given_up: impl Future<Output = ()> + Send,
    ) -> Response<ResponseBody> {
        let path = request.uri().path();
        if path != "/" {
            self.begun.notify_one();
        }
        match path {
            "/stuck" => pending::<()>().await,
            "/given-up" => given_up.await,
            _ => {}
        }
        Response::new(ResponseBody::from(server::Body::Full(Bytes::new())))
    }
}

#[tokio::test]
async fn a_request_whose_client_is_gone_ends_when_its_service_says() {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), ListenerLimits { connections: 1, ..LIMITS }).await;
    let listener = listener.expect("listener");
    let server = listener.address().expect("address");
    tokio::spawn(listener.serve(Stuck { time_alone: Some(Duration::from_millis(1)), ..Stuck::default() }, pending()));
    drop(send(server, "GET /stuck HTTP/1.1\r\nhost: a\r\n\r\n").await);
    assert_eq!(ask(server, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await, 200);
}

#[tokio::test]
async fn requests_whose_clients_are_gone_make_room_for_clients_that_wait() {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), ListenerLimits { connections: 3, ..LIMITS }).await;
    let listener = listener.expect("listener");
    let server = listener.address().expect("address");
    tokio::spawn(listener.serve(Stuck::default(), pending()));
    let stuck = "GET /stuck HTTP/1.1\r\nhost: a\r\n\r\n";
    for _ in 0..3 {
        drop(send(server, stuck).await);
    }
    let patient = send(server, stuck).await;
    assert_eq!(ask(server, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await, 200);
    assert_eq!(ask(server, "GET / HTTP/1.1\r\nhost: a\r\n\r\n").await, 200);
    // A request whose client waits for it goes on.
    let silent = timeout(Duration::from_millis(50), status(patient)).await;
    assert!(silent.is_err(), "{silent:?}");
}

#[tokio::test]
async fn a_client_that_has_closed_its_side_is_answered_when_its_call_makes_room() {
    for (path, status, said) in [("/given-up", " 200 ", ""), ("/stuck", " 503 ", "it may have run")] {
        for (connections, time_alone) in [(1, None), (2, Some(Duration::from_millis(1)))] {
            let limits = ListenerLimits { connections, ..LIMITS };
            let listener = Listener::bind(([127, 0, 0, 1], 0).into(), limits).await.expect("listener");
            let server = listener.address().expect("address");
            let begun = Arc::new(Notify::new());
            tokio::spawn(listener.serve(Stuck { time_alone, begun: Arc::clone(&begun) }, pending()));
            let mut stream = send(server, &format!("GET {path} HTTP/1.1\r\nhost: a\r\n\r\n")).await;
            // Until then its connection is idle, and would be closed for the next client.
            begun.notified().await;
            stream.shutdown().await.expect("half close");
            assert_eq!(ask(server, GET).await, 200, "{path}: the next client is served");
            let answer = read_to_end(stream).await;
            assert!(answer.starts_with(&format!("HTTP/1.1{status}")) && answer.contains(said), "{path}: {answer}");
        }
    }
}

#[tokio::test]
async fn bodies_that_trickle_make_room_for_a_client_that_waits() {
    for path in ["/engine", "/"] {
        let limits = ListenerLimits { connections: 2, ..LIMITS };
        let mut listener = Listener::bind(([127, 0, 0, 1], 0).into(), limits).await.expect("listener");
        let (contested_body, day) = (Duration::from_millis(1), Duration::from_secs(86_400));
        listener.timeouts = Timeouts { contested_body, body_chunk: day, ..Timeouts::default() };
        let server = listener.address().expect("address");
        tokio::spawn(listener.serve(Reader, pending()));
        let (one, other) = (send(server, &upload(path, 1)).await, send(server, &upload(path, 1)).await);
        assert_eq!(ask(server, "POST /engine HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx").await, 200);
        let refused = tokio::select! { status = status(one) => status, status = status(other) => status };
        assert_eq!(refused, 408, "{path}");
    }
}

#[tokio::test]
async fn an_idle_connection_is_kept_as_long_as_the_option_says() {
    let (server, _open, _stop) = slow(ListenerLimits { keep_alive: Duration::from_millis(100), ..LIMITS }).await;
    for request in ["", GET] {
        let answer = read_to_end(send(server, request).await).await;
        assert_eq!(answer.ends_with("done"), !request.is_empty(), "{answer}");
    }
    let mut half = send(server, "GET / HTTP/1.1\r\n").await;
    // A connection that was opened later has been closed, so that this one waits for longer than the option says.
    assert_eq!(read_to_end(send(server, "").await).await, "");
    half.write_all(b"host: a\r\n\r\n").await.expect("the head may take longer");
    assert!(read_to_end(half).await.ends_with("done"));
}

#[tokio::test]
async fn a_call_that_is_not_done_in_the_time_to_drain_is_told_that_it_may_have_run() {
    let (server, _open, stop) = slow(LIMITS).await;
    let call = send(server, GET_SLOW).await;
    let mut idle = send(server, GET).await;
    idle.read_exact(&mut [0; 15]).await.expect("an answer");
    stop.send(()).expect("a listener");
    assert!(read_to_end(idle).await.ends_with("done"));
    let answer = read_to_end(call).await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("it may have run"), "{answer}");
}

/// A server whose budgets have room for so many times 64 KiB.
async fn served_with_budgets(units: usize) -> SocketAddr {
    let mut listener = Listener::bind(([127, 0, 0, 1], 0).into(), LIMITS).await.expect("listener");
    listener.budgets = Arc::new(ByteBudgets::of_units(units));
    let address = listener.address().expect("address");
    tokio::spawn(listener.serve(Reader, pending()));
    address
}

/// A request with a body of this many bytes, of which the last is not sent.
fn upload(path: &str, bytes: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: a\r\ncontent-length: {}\r\n\r\n{}", bytes + 1, "x".repeat(bytes))
}

#[tokio::test]
async fn bodies_of_clients_that_stall_leave_room_for_small_ones_alone() {
    for path in ["/engine", "/"] {
        let server = served_with_budgets(4).await;
        let mut stalled = TcpStream::connect(server).await.expect("connection");
        stalled.write_all(upload(path, 300 << 10).as_bytes()).await.expect("body");
        let large = upload(path, 100 << 10) + "x";
        // The first body may be on its way still.
        while ask(server, &large).await != 503 {}
        assert_eq!(ask(server, &(upload(path, 1000) + "x")).await, 200, "{path}");
        stalled.write_all(b"x").await.expect("the rest");
        assert_eq!(status(stalled).await, 200, "{path}");
        while ask(server, &large).await != 200 {}
    }
}

#[tokio::test]
async fn answers_that_clients_do_not_read_leave_room_for_small_ones_alone() {
    let server = served_with_budgets((LARGE_ANSWER >> 16) + 1).await;
    let large = "GET /large HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let mut unread = TcpStream::connect(server).await.expect("connection");
    unread.write_all(large.as_bytes()).await.expect("request");
    let mut first = [0];
    unread.read_exact(&mut first).await.expect("the answer has begun");
    assert_eq!(ask(server, large).await, 503);
    assert_eq!(ask(server, "POST /engine HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx").await, 200);
    let rest = read_to_end(unread).await;
    assert!(rest.len() > LARGE_ANSWER);
    while ask(server, large).await != 200 {}
}
