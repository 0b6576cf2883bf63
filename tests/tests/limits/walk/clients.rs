//! Connections, and requests that are too large.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::json;
use wasmcp_tests::{Connection, Reply, Request, Setup};

use super::{PROVIDERS, Walk, beside, check_sum, composed, reply, says, start, sum, text};

/// All connections are idle, and each further client gets the place of one of them at once: before the time of an idle connection is over, which
/// is longer than a client of these tests waits.
pub(crate) fn connections(_: &Walk) {
    const CONNECTIONS: usize = 1024;
    raise_descriptor_limit(CONNECTIONS + 512);
    let server = start(&Setup::of(&PROVIDERS));
    let _idle: Vec<_> = (0..CONNECTIONS).map(|_| TcpStream::connect(server.addr).unwrap()).collect();
    let mut kept = Vec::new();
    for client in 0..64 {
        let mut connection = Connection::open(server.addr).unwrap();
        let reply = connection.send(&Request::new("GET", "/healthz")).unwrap();
        assert_eq!(reply.status, 200, "client {client}: {reply:?}");
        kept.push(connection);
    }
    check_sum(&server, &sum(), "idle connections");
}

/// Lets this process open so many files.
fn raise_descriptor_limit(files: usize) {
    let files = Some(u64::try_from(files).unwrap());
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| Some(current) < files) {
        let raised = setrlimit(Resource::Nofile, Rlimit { current: files, maximum });
        raised.unwrap_or_else(|error| panic!("this test opens {files:?} files (`ulimit -Hn`): {error}"));
    }
}

pub(crate) fn idle_time(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS).flags(&["--keep-alive", "200ms"]));
    beside(&server, "an idle connection", || {
        let mut idle = TcpStream::connect(server.addr).unwrap();
        idle.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    });
}

pub(crate) fn head(walk: &Walk) {
    let large = Request::new("GET", "/healthz").header(format!("a: {}", "b".repeat(64 << 10)));
    assert_eq!(reply(&walk.default, "a large head", &large).status, 431);
    let header = Request::new("GET", "/healthz").header(format!("a: {}", "b".repeat(32 << 10)));
    assert_eq!(reply(&walk.default, "a head of half the size", &header).status, 200);
}

/// The client adds two headers by itself.
pub(crate) fn headers(walk: &Walk) {
    for (headers, status) in [(126, 200), (127, 431)] {
        let request = Request { headers: vec!["a: b".to_owned(); headers], ..Request::new("GET", "/healthz") };
        assert_eq!(reply(&walk.default, "many headers", &request).status, status, "{headers}");
    }
}

pub(crate) fn body(walk: &Walk) {
    let message = json!({ "message": "x".repeat(4 << 20) }).to_string();
    let reply = reply(&walk.default, "a large body", &Request::call("echo", &message));
    assert_eq!(reply.status, 413, "{}", reply.text());
}

/// The body is announced only, and then sent for as long as the server reads on.
pub(crate) fn bytes_after_refusal(walk: &Walk) {
    beside(&walk.default, "a body without end", || {
        let request = Request::legacy("").header("content-length: 9999999999");
        let mut stream = request.begin(walk.default.addr).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        assert_eq!(&status, b"HTTP/1.1 413");
        let part = vec![b'x'; 1 << 20];
        let parts = (0..100).take_while(|_| stream.write_all(&part).is_ok()).count();
        assert!(parts < 100, "it is read for ever");
    });
}

/// More than is read before the file runs. The rest is read while it runs, and the answer is right.
pub(crate) fn body_of_composed_file(_: &Walk) {
    let server = composed(&["--set", "transport.body-limit=16777216"]);
    assert_eq!(text(&server, "flood", &json!({ "bytes": 1000, "more": "x".repeat(5 << 20) })).len(), 1000);
}

pub(crate) fn time_to_stop(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS).flags(&["--drain-timeout", "200ms"]));
    let waits = Request::call("wait", "{}").begin(server.addr).unwrap();
    server.wait_for_log("waits").unwrap();
    check_sum(&server, &sum(), "a call that does not end");
    server.stop().unwrap();
    says(&Reply::on(waits).unwrap().json().unwrap(), "it may have run");
}

/// The call is cancelled: it has no answer.
pub(crate) fn time_after_half_close(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS));
    let call = Request::of("2026-07-28", "tools/call", json!({ "name": "wait", "arguments": {} }));
    beside(&server, "a client that has closed its side", || {
        let mut stream = call.begin(server.addr).unwrap();
        server.wait_for_log("waits").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    });
}
