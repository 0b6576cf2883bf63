//! Clients that send a body slowly, or read an answer slowly.

use std::io::{Read, Write};
use std::net::TcpStream;

use serde_json::json;
use wasmcp_tests::{Reply, Request, Server, Setup};

use super::{PROVIDERS, Walk, beside, call_with_progress, check_sum, start, sum, until};

/// Sends the head of a request with a body of so many mebibytes and a byte, and the body without its last byte.
fn upload(server: &Server, mebibytes: usize) -> TcpStream {
    let request = Request::legacy("").header(format!("content-length: {}", (mebibytes << 20) + 1));
    let mut stream = request.begin(server.addr).unwrap();
    let part = vec![b'x'; 1 << 20];
    // A server that refuses the body may not read all of it: the answer is what counts.
    let _ = (0..mebibytes).take_while(|_| stream.write_all(&part).is_ok()).count();
    stream
}

/// One client takes the room of all bodies but for a mebibyte, and sends no more; another one waits in vain for room. The neighbour's requests need
/// none. This takes as long as a part of a body may take.
pub(crate) fn stalled_bodies(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS).set("transport", "body-limit", "400000000"));
    beside(&server, "bodies that stall", || {
        let stalled = upload(&server, 255);
        let refused = Reply::on(upload(&server, 8)).unwrap();
        assert_eq!((refused.status, refused.header("retry-after").is_some()), (503, true), "{}", refused.text());
        assert_eq!(Reply::on(stalled).unwrap().status, 408);
    });
}

/// The only connection has half of a body. Until its head has been read it is idle, and is closed at once for the neighbour: then there is no
/// answer, and the client tries again.
pub(crate) fn contested_body(_: &Walk) {
    let server = start(&Setup::of(&PROVIDERS).flags(&["--max-connections", "1"]));
    until("the client is told that it is too slow", || {
        let mut stream = Request::legacy("").header("content-length: 9").begin(server.addr).unwrap();
        let sent = stream.write_all(b"half");
        check_sum(&server, &sum(), "a body that stalls");
        sent.is_ok() && Reply::on(stream).is_ok_and(|reply| reply.status == 408)
    });
}

/// The only connection has an answer of which its client reads one byte.
pub(crate) fn contested_answer(_: &Walk) {
    const SIZE: usize = 32 << 20;
    let flags = ["--max-connections", "1", "--limit-result", "64MiB"];
    let server = start(&Setup::of(&PROVIDERS).flags(&flags).set("transport", "result-limit", "67108864"));
    let flood = Request::call("flood", &json!({ "bytes": SIZE }).to_string());
    let mut stream = flood.begin(server.addr).unwrap();
    stream.read_exact(&mut [0]).unwrap();
    check_sum(&server, &sum(), "an answer that is not read");
    let mut rest = Vec::new();
    // A connection that is closed in the middle of an answer may end with an error.
    let _ = stream.read_to_end(&mut rest);
    assert!(rest.len() < SIZE, "the answer was sent whole");
}

/// The provider sends events until the host takes no more of them, says so, and would put the rest on the answer of its leg.
pub(crate) fn unread_events(_: &Walk) {
    let flags = ["--limit-time", "live-events=10s", "--limit-result", "live-events=64MiB"];
    let server = start(&Setup::of(&["calculator", "live-events"]).flags(&flags));
    let _unread = call_with_progress("shout").begin(server.addr).unwrap();
    beside(&server, "events that are not read", || server.wait_for_log("is not read").unwrap());
}
