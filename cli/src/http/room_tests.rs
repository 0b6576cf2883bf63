//! Clients that read slowly, disconnect or send half of a request: which of their connections make room, and when their calls end.

use futures_util::{FutureExt, StreamExt, stream};

use super::*;

const DAY: Duration = Duration::from_secs(86_400);
const GET_LARGE: &str = "GET /large HTTP/1.1\r\nhost: a\r\n\r\n";

/// A listener with two connections, at which a client may be behind for so long while another one waits.
async fn served_in_turn(contested_answer: Duration) -> SocketAddr {
    let limits = ListenerLimits { connections: 2, ..LIMITS };
    let mut listener = Listener::bind(([127, 0, 0, 1], 0).into(), limits).await.expect("listener");
    listener.timeouts.contested_answer = contested_answer;
    let server = listener.address().expect("address");
    tokio::spawn(listener.serve(Reader, pending()));
    server
}

/// A client that has read one byte of its answer.
async fn begun(server: SocketAddr, request: &str) -> TcpStream {
    let mut stream = send(server, request).await;
    stream.read_exact(&mut [0]).await.expect("the answer has begun");
    stream
}

#[tokio::test]
async fn a_client_that_has_not_read_its_answer_keeps_its_connection_while_another_one_is_idle() {
    let server = served_in_turn(DAY).await;
    let mut unread = begun(server, GET_LARGE).await;
    let idle = begun(server, GET).await;
    assert_eq!(ask(server, GET).await, 200);
    read_to_end(idle).await;
    // The head is read before the last bytes of the body.
    unread.read_exact(&mut vec![0; LARGE_ANSWER]).await.expect("the answer");
    unread.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.expect("one more request");
    let rest = read_to_end(unread).await;
    assert!(rest.contains("HTTP/1.1 200 OK"), "{rest}");
}

#[tokio::test]
async fn where_no_connection_is_idle_the_client_makes_room_that_is_behind_for_the_longest_time() {
    let server = served_in_turn(Duration::from_millis(1)).await;
    let request = "GET /large HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n";
    let unread = [begun(server, request).await, begun(server, request).await];
    assert_eq!(ask(server, GET).await, 200);
    let mut read = Vec::new();
    for mut stream in unread {
        let mut answer = Vec::new();
        // A connection that is cut may end with an error.
        let _ = stream.read_to_end(&mut answer).await;
        read.push(answer.len() > LARGE_ANSWER);
    }
    assert_eq!(read, [false, true], "whether each answer was sent whole");
}

/// Answers with streams: at `/chatter` with one that never ends, and elsewhere with one that ends when it is given up. The sender is dropped
/// with the stream.
struct Streams(std::sync::Mutex<Option<oneshot::Sender<()>>>);

impl Service for Streams {
    fn time_alone(&self) -> Option<Duration> {
        Some(Duration::from_millis(1))
    }

    async fn answer(
        &self,
        request: Request<ClientBody>,
        _: Timeouts,
        given_up: impl Future<Output = ()> + Send + 'static,
    ) -> Response<ResponseBody> {
        let event = || Bytes::from_static(b":\n\n");
        let body = match request.uri().path() {
            "/chatter" => {
                let guard = self.0.lock().expect("no panic").take();
                ResponseBody::events(stream::unfold(guard, move |guard| async move {
                    tokio::task::yield_now().await;
                    Some((event(), guard))
                }))
            }
            _ => {
                let last = given_up.map(|()| Bytes::from_static(b"given up")).into_stream();
                ResponseBody::events(stream::iter([event()]).chain(last))
            }
        };
        Response::new(body)
    }
}

/// A server of streams, and what is told when the stream at `/chatter` has ended.
async fn streams() -> (SocketAddr, oneshot::Receiver<()>) {
    let listener = Listener::bind(([127, 0, 0, 1], 0).into(), LIMITS).await.expect("listener");
    let server = listener.address().expect("address");
    let (guard, ended) = oneshot::channel();
    tokio::spawn(listener.serve(Streams(std::sync::Mutex::new(Some(guard))), pending()));
    (server, ended)
}

#[tokio::test]
async fn a_stream_whose_client_is_gone_ends_when_its_service_says() {
    let (server, ended) = streams().await;
    drop(begun(server, "GET /chatter HTTP/1.1\r\nhost: a\r\n\r\n").await);
    let ended = timeout(Duration::from_secs(20), ended).await;
    assert!(ended.is_ok(), "the stream goes on");
}

#[tokio::test]
async fn a_stream_is_told_that_its_client_has_closed_its_side_for_too_long() {
    let (server, _ended) = streams().await;
    let mut stream = begun(server, GET_SLOW).await;
    stream.shutdown().await.expect("half close");
    let answer = read_to_end(stream).await;
    assert!(answer.contains("given up"), "{answer}");
}

#[tokio::test]
async fn a_connection_without_a_whole_request_does_not_keep_a_listener_that_stops() {
    for (sent, answered) in [("", false), ("GET / HT", false), (GET, true), (&*format!("{GET}GET / HT"), true)] {
        let limits = ListenerLimits { keep_alive: DAY, drain: DAY, ..LIMITS };
        let mut listener = Listener::bind(([127, 0, 0, 1], 0).into(), limits).await.expect("listener");
        listener.timeouts.head = DAY;
        let server = listener.address().expect("address");
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(listener.serve(Reader, async { stopped.await.unwrap_or(()) }));
        let mut stream = send(server, sent).await;
        if answered {
            stream.read_exact(&mut [0; 15]).await.expect("an answer");
        }
        // What was sent before has been read when this is answered.
        assert_eq!(ask(server, GET).await, 200);
        stop.send(()).expect("a listener");
        assert!(timeout(Duration::from_secs(20), serving).await.is_ok(), "after {sent:?} it waits for the rest");
        drop(stream);
    }
}
