//! The loads beside which the neighbour is measured, and what each of their requests must get.

use std::hint::black_box;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use serde_json::json;
use wasmcp_tests::{Connection, Request};

/// How many connections each client holds that does not read, or that sends its bodies slowly.
const HELD: usize = 16;

/// How long one turn of a load takes that computes without calls.
const TURN: Duration = Duration::from_millis(10);

/// A load.
pub(crate) struct Load {
    /// Its name in the table.
    pub(crate) title: &'static str,
    /// How many threads make it: one measurement for each number.
    pub(crate) at_once: &'static [usize],
    what: What,
}

/// What a thread of a load does again and again.
enum What {
    /// It calls a tool, on a connection that it keeps. The answer must have this in it.
    Call { tool: &'static str, arguments: &'static str, answer: &'static str },
    /// It does something else.
    Other(fn(&mut Session) -> anyhow::Result<()>),
}

/// The state of one thread.
pub(crate) struct Session {
    server: SocketAddr,
    connection: Option<Connection>,
    held: Vec<TcpStream>,
    number: usize,
}

const ONCE_AND_FOUR: &[usize] = &[1, 4];

const fn call(title: &'static str, tool: &'static str, arguments: &'static str, answer: &'static str) -> Load {
    Load { title, at_once: ONCE_AND_FOUR, what: What::Call { tool, arguments, answer } }
}

const fn other(title: &'static str, run: fn(&mut Session) -> anyhow::Result<()>) -> Load {
    Load { title, at_once: ONCE_AND_FOUR, what: What::Other(run) }
}

/// All loads. The first three are no hostile ones: they show what the others are compared with.
#[rustfmt::skip]
pub(crate) const LOADS: [Load; 18] = [
    // No thread: the difference is the noise of the machine.
    Load { title: "*nothing*", at_once: &[0], what: What::Other(compute) },
    call("*good calls of `add`*", "add", r#"{"a":2,"b":3}"#, r#""structuredContent":{"result":5}"#),
    other("*threads outside of the server that compute*", compute),

    call("`spin`: computes until its time limit", "spin", "{}", "exceeded its time limit of 500ms"),
    // Where the machine is busy, the time limit comes first.
    call("`grow`: takes memory up to its limit", "grow", "{}", "exceeded its "),
    call("`hoard`: too many handles", "hoard", r#"{"handles":5000}"#, "broke its contract with the host"),
    call("`hold_bodies`: 150 bodies of requests, each full", "hold_bodies", r#"{"bodies":150}"#, r#"{\"bodies\":150,"#),
    call("`hold_headers`: too many headers", "hold_headers", r#"{"headers":32}"#, "broke its contract with the host"),
    call("`flood`: a result above 4 MiB", "flood", r#"{"bytes":5242880}"#, "passed more than 4 MiB to the host at once"),
    call("`swell`: a result above 16 MiB as JSON", "swell", r#"{"bytes":3145728}"#, "larger than the 16777216 bytes"),
    call("`babble`: a result that is not JSON", "babble", "{}", "`structuredContent` is not JSON"),
    call("`trap`", "trap", "{}", "trapped: wasm `unreachable` instruction executed"),
    call("`print`: 2000 lines to the log", "print", r#"{"text":"printed","times":2000}"#, r#""text":"printed""#),
    call("an upstream whose answer never ends", "get_weather", r#"{"location":"Endless"}"#, r#""isError":true"#),
    call("an upstream that never answers", "get_weather", r#"{"location":"Slowville"}"#, r#""isError":true"#),
    other("clients that do not read 3 MiB, 16 connections each", unread),
    other("clients that send bodies slowly, 16 connections each", trickle),
    other("clients that vanish, 100 a second each", vanish),
];

impl Load {
    /// One turn of a thread.
    pub(crate) fn turn(&self, session: &mut Session) -> anyhow::Result<()> {
        session.number += 1;
        match self.what {
            What::Call { tool, arguments, answer } => session.call(&Request::call(tool, arguments), answer),
            What::Other(run) => run(session),
        }
    }
}

impl Session {
    /// Of a thread that has done nothing yet.
    pub(crate) fn new(server: SocketAddr) -> Self {
        Self { server, connection: None, held: Vec::new(), number: 0 }
    }

    fn call(&mut self, request: &Request, answer: &str) -> anyhow::Result<()> {
        let mut connection = match self.connection.take() {
            Some(open) => open,
            None => Connection::open(self.server)?,
        };
        let reply = connection.send(request)?;
        let text = reply.text();
        ensure!(text.contains(answer), "{}: {}", reply.status, text.chars().take(300).collect::<String>());
        self.connection = Some(connection);
        Ok(())
    }
}

/// Computes as `spin` does, but outside of the server, so that it shows what a busy core alone costs.
fn compute(_: &mut Session) -> anyhow::Result<()> {
    let begun = Instant::now();
    while begun.elapsed() < TURN {
        (0..1000).for_each(|number| {
            black_box(number);
        });
    }
    Ok(())
}

/// Asks for an answer at most ten times a second and reads nothing of it but its beginning: until that is there, the call runs, and there
/// must be no more of them than the table says. The oldest connection goes.
fn unread(session: &mut Session) -> anyhow::Result<()> {
    if session.held.len() == HELD {
        session.held.remove(0);
    }
    let mut stream = Request::call("flood", r#"{"bytes":3145728}"#).begin(session.server)?;
    let mut status = [0; 12];
    stream.read_exact(&mut status)?;
    ensure!(status == *b"HTTP/1.1 200", "another status: {}", String::from_utf8_lossy(&status));
    session.held.push(stream);
    thread::sleep(Duration::from_millis(100));
    Ok(())
}

/// Sends one byte of each body, a hundred times a second.
fn trickle(session: &mut Session) -> anyhow::Result<()> {
    while session.held.len() < HELD {
        let body = Request::legacy("{").header("content-length: 4000000");
        session.held.push(body.begin(session.server)?);
    }
    for stream in &mut session.held {
        stream.write_all(b" ").context("the server closed a connection")?;
    }
    thread::sleep(Duration::from_millis(10));
    Ok(())
}

/// Goes before the answer, or before the end of the request. A call of 2026-07-28 ends with its client.
fn vanish(session: &mut Session) -> anyhow::Result<()> {
    thread::sleep(Duration::from_millis(10));
    match session.number % 4 {
        0 => drop(TcpStream::connect(session.server)?),
        1 => TcpStream::connect(session.server)?.write_all(b"POST /mcp HTTP/1.1\r\nhost: ")?,
        2 => drop(Request::call("add", r#"{"a":2,"b":3}"#).begin(session.server)?),
        _ => drop(Request::of("2026-07-28", "tools/call", json!({ "name": "wait" })).begin(session.server)?),
    }
    Ok(())
}
