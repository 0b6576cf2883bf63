//! The requests that a component sends, and the servers that answer them.

use std::io::Write;
use std::net::TcpListener;
use std::sync::{Arc, Condvar, Mutex};
use std::thread;

use serde_json::{Value, json};
use wasmcp_tests::{Server, Setup};

use super::answering::{Answering, response};
use super::{PROVIDERS, Walk, start, text};

/// A provider that sends the requests of its arguments by the service `http`.
const SENDER: &str = "http-requests";

/// A server whose sender may reach this one.
fn sender(to: &Answering, flags: &[&str]) -> Server {
    start(&Setup::of(&["calculator", SENDER]).egress(SENDER, &to.authority()).flags(flags))
}

/// The outcome of each request.
fn outcomes(server: &Server, requests: &[Value]) -> Vec<Value> {
    let text = text(server, "send", &json!({ "requests": requests }));
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text}"))
}

/// Checks that the last of these requests fails in this way, and says this.
fn fails(server: &Server, requests: &[Value], failure: &str, said: &str) {
    let outcomes = outcomes(server, requests);
    let last = outcomes.last().unwrap();
    let text = last.get("text").and_then(Value::as_str).unwrap_or_default();
    assert!(last.get("failure") == Some(&json!(failure)) && text.contains(said), "{failure}, {said}: {last}");
}

fn get(server: &Answering) -> Value {
    json!({ "url": server.url("/") })
}

/// The server listens, and accepts no connection.
pub(crate) fn sent_requests(_: &Walk) {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let authority = silent.local_addr().unwrap().to_string();
    let server = start(&Setup::of(&PROVIDERS).egress("hostile", &authority));
    let outcome = text(&server, "send_many", &json!({ "authority": authority, "requests": 129 }));
    assert!(outcome.contains("ConnectionLimitReached"), "{outcome}");
}

/// Requests that wait until there were so many of them at once.
struct Crowd {
    awaited: usize,
    /// How many there are, and the most that there were.
    here: Mutex<(usize, usize)>,
    more: Condvar,
}

impl Crowd {
    /// A server that answers no request before so many wait.
    fn serve(awaited: usize) -> (Answering, Arc<Self>) {
        let crowd = Arc::new(Self { awaited, here: Mutex::default(), more: Condvar::new() });
        let served = Arc::clone(&crowd);
        let server = Answering::start(move |_, stream| {
            served.join();
            stream.write_all(&response("200 OK", "", "hi"))
        });
        (server, crowd)
    }

    fn join(&self) {
        let mut here = self.here.lock().unwrap();
        here.0 += 1;
        here.1 = here.1.max(here.0);
        self.more.notify_all();
        let mut here = self.more.wait_while(here, |here| here.1 < self.awaited).unwrap();
        here.0 -= 1;
    }

    /// The most that there were at once.
    fn most(&self) -> usize {
        self.here.lock().unwrap().1
    }
}

/// Checks that all requests of this number of calls are answered, though no more than this are on their way at once.
fn in_turns(calls: usize, requests: usize, at_once: usize) {
    let (crowd, count) = Crowd::serve(at_once);
    // Clients leave files for the connections of components.
    let server = sender(&crowd, &["--max-connections", "64"]);
    let requests = vec![get(&crowd); requests];
    thread::scope(|scope| {
        let calls: Vec<_> = (0..calls).map(|_| scope.spawn(|| outcomes(&server, &requests))).collect();
        for call in calls {
            let outcomes = call.join().unwrap();
            assert!(outcomes.iter().all(|outcome| outcome.get("status") == Some(&json!(200))), "{outcomes:?}");
        }
    });
    assert_eq!(count.most(), at_once);
}

pub(crate) fn requests_on_their_way(_: &Walk) {
    in_turns(5, 64, 256);
}

pub(crate) fn requests_at_once(_: &Walk) {
    in_turns(1, 130, 64);
}

pub(crate) fn bytes_before_response(_: &Walk) {
    let endless = Answering::start(|_, stream| {
        loop {
            stream.write_all(b"HTTP/1.1 103 Early Hints\r\nlink: a\r\n\r\n")?;
        }
    });
    fails(&sender(&endless, &[]), &[get(&endless)], "connection", "sent too much before its response");
}

pub(crate) fn head_of_response(_: &Walk) {
    let header = format!("x: {}\r\n", "x".repeat(256 << 10));
    let large = Answering::always(response("200 OK", &header, ""));
    fails(&sender(&large, &[]), &[get(&large)], "connection", "too large");
}

pub(crate) fn requests_of_send(_: &Walk) {
    let good = Answering::always(response("200 OK", "", "hi"));
    let requests: Vec<_> = std::iter::repeat_n(json!({ "url": "" }), 999).chain(vec![get(&good); 2]).collect();
    let server = sender(&good, &[]);
    fails(&server, &requests, "invalid-request", "at most 1000 requests");
    let outcomes = outcomes(&server, &requests);
    assert_eq!(outcomes.get(999).and_then(|outcome| outcome.get("status")), Some(&json!(200)), "the thousandth");
}

pub(crate) fn headers_of_request(_: &Walk) {
    let good = Answering::always(response("200 OK", "", "hi"));
    let request = json!({ "url": good.url("/"), "headers": vec![["a", "b"]; 101] });
    fails(&sender(&good, &[]), &[get(&good), request], "invalid-request", "more than 100 headers");
}

/// A server whose response has more than 1 MiB.
fn large() -> Answering {
    Answering::always(response("200 OK", "", &"x".repeat((1 << 20) + 1)))
}

pub(crate) fn responses(_: &Walk) {
    let large = large();
    fails(&sender(&large, &["--limit-result", "http-requests=1MiB"]), &[get(&large)], "too-large", "");
}

/// The memory of the component itself has more than 1 MiB.
pub(crate) fn memory_of_responses(_: &Walk) {
    let large = large();
    let server = sender(&large, &["--limit-memory", "http-requests=3MiB"]);
    fails(&server, &[get(&large)], "other", "there is no memory for what is sent and its response");
}
