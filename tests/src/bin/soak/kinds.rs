//! The kinds of clients, and what each must get. A client that stays gets an answer to each request, a result or an error that says why not.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use wasmcp_tests::{Connection, Reply, Request, Shell, VERSIONS};

/// How long a server may be silent in the middle of an answer.
const SILENCE: Duration = Duration::from_secs(60);

/// How long a client that does not wait for answers waits before its next request.
const PAUSE: Duration = Duration::from_millis(200);

/// Clients that all do the same.
pub(crate) struct Kind {
    /// What they do, as it is printed.
    pub(crate) name: &'static str,
    /// How many there are.
    pub(crate) clients: usize,
    /// Whether the figures have their times.
    pub(crate) is_timed: bool,
    /// Makes one request.
    pub(crate) run: fn(&mut Session) -> Result<()>,
}

/// One client.
pub(crate) struct Session {
    pub(crate) server: SocketAddr,
    pub(crate) shell: Shell,
    /// Host and port of a server that accepts connections and never reads.
    pub(crate) stalled: SocketAddr,
    /// A connection that is kept for the next request.
    pub(crate) connection: Option<Connection>,
    /// The number of the request.
    pub(crate) number: usize,
}

/// Every kind.
pub(crate) const KINDS: [Kind; 10] = [
    Kind { name: "neighbours, whose calls are good", clients: 2, is_timed: true, run: neighbour },
    Kind { name: "lists and reads", clients: 1, is_timed: true, run: list },
    Kind { name: "streams of events", clients: 1, is_timed: false, run: events },
    Kind { name: "calls of a hostile provider", clients: 2, is_timed: false, run: hostile },
    Kind { name: "upstreams that fail or never end", clients: 3, is_timed: false, run: upstream },
    Kind { name: "uploads to a server that never reads", clients: 2, is_timed: false, run: upload },
    Kind { name: "requests that are refused", clients: 1, is_timed: false, run: refused },
    Kind { name: "clients that close their side", clients: 1, is_timed: false, run: half_closed },
    Kind { name: "bodies that are never sent", clients: 4, is_timed: false, run: unsent },
    Kind { name: "clients that vanish", clients: 2, is_timed: false, run: vanish },
];

impl Session {
    /// One item of a table, a different one each time.
    fn turn<T: Copy>(&self, table: &[T]) -> Result<T> {
        table.get(self.number % table.len().max(1)).copied().context("an empty table")
    }

    /// The versions change at another pace than the other tables.
    fn version(&self) -> &'static str {
        VERSIONS.get(self.number / 5 % VERSIONS.len()).copied().unwrap_or_default()
    }

    fn call(&self, name: &str, arguments: &Value) -> Request {
        Request::of(self.version(), "tools/call", json!({ "name": name, "arguments": arguments }))
    }
}

fn neighbour(session: &mut Session) -> Result<()> {
    let (a, b) = (session.number, session.number % 7);
    let request = session.call("add", &json!({ "a": a, "b": b }));
    let mut connection = match session.connection.take() {
        Some(open) => open,
        None => Connection::open(session.server)?,
    };
    let answer = connection.send(&request)?.json()?;
    session.connection = Some(connection);
    let sum = answer.pointer("/result/structuredContent/result").and_then(Value::as_f64);
    ensure!(sum == Some((a + b) as f64), "a wrong answer to {a} + {b}: {answer}");
    Ok(())
}

fn list(session: &mut Session) -> Result<()> {
    let (method, params, member) = session.turn(&[
        ("tools/list", "{}", "/result/tools"),
        ("resources/list", "{}", "/result/resources"),
        ("prompts/list", "{}", "/result/prompts"),
        ("resources/read", r#"{"uri":"test:///text"}"#, "/result/contents"),
        ("prompts/get", r#"{"name":"show"}"#, "/result/messages"),
    ])?;
    let request = Request::of(session.version(), method, serde_json::from_str(params)?);
    let answer = request.send(session.server)?.json()?;
    ensure!(answer.pointer(member).is_some_and(Value::is_array), "{method} is answered with {answer}");
    Ok(())
}

fn events(session: &mut Session) -> Result<()> {
    let params = json!({ "name": "count", "arguments": {}, "_meta": { "progressToken": "p" } });
    let reply = Request::of(session.version(), "tools/call", params).send(session.server)?;
    let events = reply.events()?;
    ensure!(events.len() == 4, "{} events instead of 4: {}", events.len(), reply.text());
    ensure!(events.last().is_some_and(|last| last.get("result").is_some()), "no result: {}", reply.text());
    Ok(())
}

fn hostile(session: &mut Session) -> Result<()> {
    let (tool, arguments) = session.turn(&[
        ("spin", "{}"),
        ("trap", "{}"),
        ("grow", "{}"),
        ("flood", r#"{"bytes":1073741824}"#),
        ("flood", r#"{"bytes":500000}"#),
        ("hoard", r#"{"handles":5000}"#),
        ("hoard", r#"{"handles":400}"#),
        ("print", r#"{"text":"printed","times":2000}"#),
        ("leave", "{}"),
        ("babble", "{}"),
        ("garble", "{}"),
        ("wait", "{}"),
        ("flood", r#"{"bytes":16777216}"#),
    ])?;
    // In one file a call may wait for ten minutes, and the answer of a provider has no limit of its own.
    let is_long = tool == "wait" || arguments.contains("16777216");
    let tool = if session.shell == Shell::Hosted && is_long { "trap" } else { tool };
    let reply = session.call(tool, &serde_json::from_str(arguments)?).send(session.server)?;
    answered(&reply).with_context(|| format!("{tool} {arguments}"))
}

fn upstream(session: &mut Session) -> Result<()> {
    let cities =
        ["Slowville", "Oslo", "Endless", "Hugeville", "Cutoff", "Tokyo", "Garbage", "Broken", "Halfway", "Atlantis"];
    let city = session.turn(&cities)?;
    let reply = session.call("get_weather", &json!({ "location": city })).send(session.server)?;
    answered(&reply).context(city)?;
    let is_good = ["Oslo", "Tokyo"].contains(&city);
    ensure!(!is_good || reply.text().contains(city), "{city} is answered with {}", reply.text());
    Ok(())
}

fn upload(session: &mut Session) -> Result<()> {
    // Without a limit of time, as in one file, the provider gives up by itself.
    let is_cut = session.shell == Shell::Native && session.number % 2 == 1;
    let ms = if is_cut { 60_000 } else { 200 };
    let reply = session.call("upload", &json!({ "authority": session.stalled, "ms": ms })).send(session.server)?;
    answered(&reply)?;
    let is_right = if is_cut { reply.text().contains("error") } else { reply.text().contains("sent ") };
    ensure!(is_right, "an upload of {ms} ms is answered with {}", reply.text());
    Ok(())
}

/// A result or an error, as JSON-RPC has it.
fn answered(reply: &Reply) -> Result<()> {
    let answer = reply.json().with_context(|| format!("{}: {}", reply.status, reply.text()))?;
    ensure!(answer.get("result").is_some() || answer.get("error").is_some(), "no answer but {answer}");
    Ok(())
}

fn refused(session: &mut Session) -> Result<()> {
    let ping = Request::legacy(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#);
    let (request, status) = match session.number % 4 {
        0 => (ping.body("x".repeat(5 << 20)), 413),
        1 => (ping.header("origin: https://evil.com"), 403),
        2 => (ping.body("{"), 400),
        _ => (Request::new("DELETE", "/other"), 404),
    };
    let reply = request.send(session.server)?;
    ensure!(reply.status == status, "{} instead of {status}: {}", reply.status, reply.text());
    Ok(())
}

fn half_closed(session: &mut Session) -> Result<()> {
    let mut stream = Request::call("add", r#"{"a":2,"b":3}"#).begin(session.server)?;
    stream.shutdown(Shutdown::Write)?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.contains(r#""structuredContent":{"result":5}"#), "the answer is {answer}");
    Ok(())
}

fn unsent(session: &mut Session) -> Result<()> {
    let mut stream = begin(session.server, "content-length: 4000000\r\n")?;
    stream.write_all(&vec![b' '; (session.number % 8) << 16])?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.1 408 "), "the answer is {answer}");
    Ok(())
}

fn vanish(session: &mut Session) -> Result<()> {
    // A call of an older version runs on without its client: more of these would leave the machine to nothing else.
    thread::sleep(PAUSE);
    match session.number % 6 {
        0 => drop(TcpStream::connect(session.server)?),
        1 => drop(begin(session.server, "content-le")?),
        2 => drop(begin(session.server, "content-length: 1000000\r\n")?),
        3 => drop(session.call("spin", &json!({})).begin(session.server)?),
        4 => drop(session.call("get_weather", &json!({ "location": "Endless" })).begin(session.server)?),
        _ => {
            // It goes when the call has begun to answer.
            let params = json!({ "name": "count", "arguments": {}, "_meta": { "progressToken": "p" } });
            let mut stream = Request::of(session.version(), "tools/call", params).begin(session.server)?;
            stream.read_exact(&mut [0; 20])?;
        }
    }
    Ok(())
}

/// Sends the beginning of a head, and the end of the head if it can be one.
fn begin(server: SocketAddr, rest: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect(server)?;
    stream.set_read_timeout(Some(SILENCE))?;
    let end = if rest.ends_with('\n') { "\r\n" } else { "" };
    let head = format!("POST /mcp HTTP/1.1\r\nhost: {server}\r\ncontent-type: application/json\r\n{rest}{end}");
    stream.write_all(head.as_bytes())?;
    Ok(stream)
}
