//! Clients that disconnect during a call: before 2026-07-28 the call still runs to its end, since then it is cancelled.
//!
//! Under `wasmtime serve` the host alone decides, and tells a component nothing of a disconnect, so that shell is not among these.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use wasmcp_tests::{Gate, Request, Server, Setup, Shell};

/// The longest that an event may take on a busy machine: less than the time limits of a call, so that no limit looks like a
/// cancellation.
const WAIT: Duration = Duration::from_secs(30);

/// What happens on a connection of the weather provider to its upstream.
enum Event {
    /// The provider sent a request for this path. The test may answer it on the connection.
    Request(String, TcpStream),
    /// The provider's side closed the connection after the request for this path.
    Closed(String),
}

/// An upstream that leaves every answer to the test.
struct Upstream {
    authority: String,
    events: Receiver<Event>,
}

impl Upstream {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        let (sender, events) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let sender = sender.clone();
                thread::spawn(move || read(&stream, &sender));
            }
        });
        Self { authority, events }
    }

    /// Waits for a request whose path contains `part`, and returns its connection.
    fn request(&self, part: &str) -> TcpStream {
        loop {
            match self.events.recv_timeout(WAIT).expect(part) {
                Event::Request(path, connection) if path.contains(part) => return connection,
                Event::Request(path, _) => panic!("a request for {path} instead of {part}"),
                Event::Closed(_) => {}
            }
        }
    }

    /// Waits until the connection of the request for `cancelled` is closed; that of `running` has to stay open.
    fn closed(&self, cancelled: &str, running: &str) {
        loop {
            match self.events.recv_timeout(WAIT).expect(cancelled) {
                Event::Closed(path) if path.contains(cancelled) => return,
                Event::Closed(path) => assert!(!path.contains(running), "{running} was cancelled"),
                Event::Request(path, _) => panic!("a request for {path} instead of the end of {cancelled}"),
            }
        }
    }
}

fn read(stream: &TcpStream, events: &Sender<Event>) {
    let mut path = String::new();
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if let Some(rest) = line.strip_prefix("GET ") {
            path = rest.to_owned();
        } else if line.is_empty() {
            let _ = events.send(Event::Request(path.clone(), stream.try_clone().unwrap()));
        }
    }
    let _ = events.send(Event::Closed(path));
}

/// Answers a request, and closes the connection.
fn answer(mut connection: &TcpStream, status: u16, body: &Value) {
    let body = body.to_string();
    let head = format!("HTTP/1.1 {status} Answer\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    connection.write_all((head + &body).as_bytes()).unwrap();
    connection.shutdown(Shutdown::Write).unwrap();
}

/// Sends a call of `get_weather` and returns its connection, which has not been answered.
fn call(server: &Server, version: &str, location: &str) -> TcpStream {
    let arguments = json!({ "location": location });
    let request = match version {
        "2026-07-28" => {
            let mut request = Request::modern("tools/call", Some("get_weather"));
            let body = String::from_utf8(request.body).unwrap();
            request.body =
                body.replace(r#""params":{"#, &format!(r#""params":{{"arguments":{arguments},"#)).into_bytes();
            request
        }
        _ => {
            let mut request = Request::call("get_weather", &arguments.to_string());
            request.headers.retain(|header| !header.starts_with("mcp-protocol-version"));
            request.header(format!("mcp-protocol-version: {version}"))
        }
    };
    request.begin(server.addr).unwrap()
}

#[test]
fn a_disconnect_cancels_calls_of_2026_07_28_alone() {
    for shell in [Shell::Native, Shell::Hosted] {
        let upstream = Upstream::start();
        let url = format!("http://{}", upstream.authority);
        let setup = Setup::of(&["weather"])
            .set("weather", "geocoding-url", &url)
            .set("weather", "forecast-url", &url)
            .set("weather", "timeout-ms", "60000")
            .set("transport", "call-timeout-ms", "60000")
            .flags(&["--limit-time", "60s"])
            .egress("weather", &upstream.authority);
        let server = Server::start(shell, &setup).unwrap();

        for (version, place) in [("2025-11-25", "Oslo"), ("2025-06-18", "Lisbon")] {
            let legacy = call(&server, version, place);
            let search = upstream.request(place);
            drop(legacy);
            // The server notices this disconnect after the one above, and closes the connection of the cancelled call.
            let modern = call(&server, "2026-07-28", "Tokyo");
            let cancelled = upstream.request("Tokyo");
            drop(modern);
            upstream.closed("Tokyo", place);
            drop(cancelled);

            let found = json!([{ "id": 1, "name": place, "latitude": 1.0, "longitude": 1.0, "country": "Y" }]);
            answer(&search, 200, &json!({ "results": found }));
            let forecast = upstream.request("/v1/forecast");
            answer(&forecast, 500, &json!({}));
        }
    }
}

/// The client waits for its answer on a connection of which it has closed its side.
#[test]
fn a_call_whose_client_has_closed_its_side_makes_room_for_another_and_says_that_it_may_have_run() {
    for (shell, status) in [(Shell::Native, 200), (Shell::Hosted, 503)] {
        let upstream = Upstream::start();
        let url = format!("http://{}", upstream.authority);
        let setup = Setup::of(&["weather"])
            .set("weather", "geocoding-url", &url)
            .set("weather", "timeout-ms", "60000")
            .set("transport", "call-timeout-ms", "60000")
            .flags(&["--limit-time", "60s"])
            .serve_flags(&["--max-connections", "1"])
            .egress("weather", &upstream.authority);
        let server = Server::start(shell, &setup).unwrap();

        let mut legacy = call(&server, "2025-11-25", "Oslo");
        let _search = upstream.request("Oslo");
        legacy.shutdown(Shutdown::Write).unwrap();
        let other = server.send(&Request::modern("tools/list", None)).unwrap();
        assert_eq!(other.status, 200, "{shell:?}: {other:?}");
        let mut answer = String::new();
        legacy.read_to_string(&mut answer).unwrap();
        let has = |part: &str| answer.contains(part);
        assert!(
            has(&format!("HTTP/1.1 {status} ")) && has(r#""id":1"#) && has("it may have run"),
            "{shell:?}: {answer}"
        );
    }
}

#[test]
fn a_stream_whose_client_has_closed_its_side_makes_room_for_another_and_says_that_it_may_have_run() {
    for shell in [Shell::Native, Shell::Hosted] {
        let gate = Gate::start().unwrap();
        let server = Server::start(shell, &gate.setup().unwrap().serve_flags(&["--max-connections", "1"])).unwrap();
        let params = json!({ "name": "pause", "arguments": {}, "_meta": { "progressToken": "p" } });
        let mut stream = BufReader::new(Request::of("2025-11-25", "tools/call", params).begin(server.addr).unwrap());
        let mut line = String::new();
        while !line.contains("begun") {
            line.clear();
            assert_ne!(stream.read_line(&mut line).unwrap(), 0, "{shell}: no event");
        }
        let _waits = gate.wait().unwrap();
        stream.get_ref().shutdown(Shutdown::Write).unwrap();
        let other = server.send(&Request::modern("tools/list", None)).unwrap();
        assert_eq!(other.status, 200, "{shell}: {other:?}");
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(rest.contains(r#""id":1"#) && rest.contains("it may have run"), "{shell}: {rest}");
    }
}
