//! The cases that exceed rows: what a hostile provider or client does, and what it gets.

use std::net::TcpStream;
use std::process::Command;
use std::thread;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde_json::{Value, json};
use wasmcp_tests::{Connection, Reply, Request, Server, Setup, Shell, program, scratch};

/// Servers whose limits are small, so that they are exceeded soon, and one with the defaults. Each has a neighbour.
pub(crate) struct Walk {
    small: Server,
    default: Server,
    composed: Server,
}

const PROVIDERS: [&str; 2] = ["calculator", "hostile"];

impl Walk {
    pub(crate) fn start() -> Self {
        let setup = || Setup::of(&PROVIDERS);
        let small = setup().flags(&["--limit-time", "500ms", "--limit-memory", "64MiB", "--limit-result", "1MiB"]);
        let file = setup().compose().unwrap();
        let mut wasmcp = Command::new(program("wasmcp").unwrap());
        wasmcp.args(["serve", "--addr", "127.0.0.1:0", "--limit-result", "1MiB"]).arg(file);
        Self {
            small: Server::start(Shell::Native, &small).unwrap(),
            default: Server::start(Shell::Native, &setup()).unwrap(),
            composed: Server::spawn(&mut wasmcp).unwrap(),
        }
    }
}

/// Sends a hostile request, and good ones beside it for as long as it runs.
fn beside_neighbour(server: &Server, request: &Request) -> Reply {
    thread::scope(|scope| {
        let hostile = scope.spawn(|| server.send(request).unwrap());
        loop {
            let ended = hostile.is_finished();
            assert_eq!(server.call("add", r#"{"a":2,"b":3}"#).unwrap(), r#"{"result":5}"#, "beside {}", request.line);
            if ended {
                return hostile.join().unwrap();
            }
        }
    })
}

/// The answer to a hostile call.
fn answer(server: &Server, tool: &str, arguments: &Value) -> Value {
    beside_neighbour(server, &Request::call(tool, &arguments.to_string())).json().unwrap()
}

/// The text of the result of a hostile call that succeeds.
fn text(server: &Server, tool: &str, arguments: &Value) -> String {
    let answer = answer(server, tool, arguments);
    let text = answer.pointer("/result/content/0/text").and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("{tool}: {answer}")).to_owned()
}

/// Checks that a hostile call fails with an error that says this.
fn fails(server: &Server, tool: &str, arguments: &Value, said: &str) {
    let answer = answer(server, tool, arguments);
    let message = answer.pointer("/error/message").and_then(Value::as_str);
    assert!(message.is_some_and(|message| message.contains(said)), "{tool}: {answer}");
}

pub(crate) fn time(walk: &Walk) {
    fails(&walk.small, "spin", &json!({}), "exceeded its time limit of 500ms");
}

pub(crate) fn memory(walk: &Walk) {
    fails(&walk.small, "grow", &json!({}), "exceeded its memory limit of 64 MiB");
}

pub(crate) fn transfer(walk: &Walk) {
    fails(&walk.small, "flood", &json!({ "bytes": 2 << 20 }), "passed more than 1 MiB to the host at once");
}

/// A timer has two handles on the host's side: its end, and what waits for it.
pub(crate) fn handles(walk: &Walk) {
    fails(&walk.default, "hoard", &json!({ "handles": 257 }), "broke its contract with the host");
    assert_eq!(text(&walk.default, "hoard", &json!({ "handles": 250 })), "250");
}

pub(crate) fn random(walk: &Walk) {
    fails(&walk.default, "draw", &json!({ "bytes": (64 << 10) + 1 }), "broke its contract with the host");
    assert_eq!(text(&walk.default, "draw", &json!({ "bytes": 64 << 10 })), (64 << 10).to_string());
}

pub(crate) fn headers(walk: &Walk) {
    fails(&walk.default, "hold_headers", &json!({ "headers": 32 }), "broke its contract with the host");
    assert_eq!(text(&walk.default, "hold_headers", &json!({ "headers": 25 })), "25");
}

pub(crate) fn parts(walk: &Walk) {
    for (bytes, taken) in [(16 << 10, "[true,true,true]"), ((16 << 10) + 1, "[false,false,false]")] {
        assert_eq!(text(&walk.default, "hold_parts", &json!({ "bytes": bytes })), taken, "{bytes}");
    }
}

pub(crate) fn bodies(walk: &Walk) {
    let held: Value = serde_json::from_str(&text(&walk.default, "hold_bodies", &json!({ "bodies": 150 }))).unwrap();
    assert_eq!(held, json!({ "bodies": 150, "bytes": 150 * 2 * (16 << 10) }));
}

/// An answer is whole, or an error that says why, however large it is.
pub(crate) fn composed_answer(walk: &Walk) {
    for (bytes, status) in [(1000, 200), (700 << 10, 200), (1 << 20, 500), (3 << 20, 500), (8 << 20, 500)] {
        let reply = beside_neighbour(&walk.composed, &Request::call("flood", &json!({ "bytes": bytes }).to_string()));
        assert_eq!(reply.status, status, "{bytes}: {}", reply.text().get(..300).unwrap_or_default());
        let answer = reply.json().unwrap();
        match status {
            200 => assert_eq!(answer.pointer("/result/content/0/text").unwrap().as_str().unwrap().len(), bytes),
            _ => assert!(answer.pointer("/error/message").is_some_and(Value::is_string), "{bytes}: {answer}"),
        }
    }
    walk.composed.wait_for_log("answered with more than 1 MiB (`--limit-result`)").unwrap();
}

/// The place of a component is taken by a call that waits for an hour.
pub(crate) fn calls(_: &Walk) {
    let setup = Setup::of(&PROVIDERS).flags(&["--max-concurrent", "1"]);
    let server = Server::start(Shell::Native, &setup).unwrap();
    let _waits = Request::call("wait", "{}").begin(server.addr).unwrap();
    server.wait_for_log("waits").unwrap();
    fails(&server, "remember", &json!({}), "the provider cannot answer now: try again");
}

pub(crate) fn memory_of_all(_: &Walk) {
    let setup = Setup::of(&PROVIDERS).flags(&["--max-memory", "64MiB"]);
    let server = Server::start(Shell::Native, &setup).unwrap();
    fails(&server, "grow", &json!({}), "found no memory: all calls together may use 64 MiB (`--max-memory`)");
}

pub(crate) fn modules(_: &Walk) {
    let instances = "(core instance (instantiate $empty))".repeat(257);
    let component = wat::parse_str(format!("(component (core module $empty) {instances})")).unwrap();
    let file = scratch("many-modules.wasm").unwrap();
    std::fs::write(&file, component).unwrap();
    let output =
        Command::new(program("wasmcp").unwrap()).args(["serve", "--addr", "127.0.0.1:0"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && said.contains("is made of more than 256 core modules"), "{said}");
}

/// All connections are idle, and each further client gets the place of one of them at once: before the time of an idle connection is over, which
/// is longer than a client of these tests waits.
pub(crate) fn connections(_: &Walk) {
    const CONNECTIONS: usize = 1024;
    raise_descriptor_limit(CONNECTIONS + 512);
    let server = Server::start(Shell::Native, &Setup::of(&PROVIDERS)).unwrap();
    let _idle: Vec<_> = (0..CONNECTIONS).map(|_| TcpStream::connect(server.addr).unwrap()).collect();
    let mut kept = Vec::new();
    for client in 0..64 {
        let mut connection = Connection::open(server.addr).unwrap();
        let reply = connection.send(&Request::new("GET", "/healthz")).unwrap();
        assert_eq!(reply.status, 200, "client {client}: {reply:?}");
        kept.push(connection);
    }
    assert_eq!(server.call("add", r#"{"a":2,"b":3}"#).unwrap(), r#"{"result":5}"#);
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

pub(crate) fn body(walk: &Walk) {
    let message = json!({ "message": "x".repeat(4 << 20) }).to_string();
    let reply = beside_neighbour(&walk.default, &Request::call("echo", &message));
    assert_eq!(reply.status, 413, "{}", reply.text());
}

pub(crate) fn result(walk: &Walk) {
    let said = "larger than the 16777216 bytes that the setting `transport.result-limit` or a policy allows";
    fails(&walk.default, "swell", &json!({ "bytes": 4 << 20 }), said);
    assert_eq!(text(&walk.default, "swell", &json!({ "bytes": 1 << 20 })).len(), 1 << 20);
}

pub(crate) fn error_text(walk: &Walk) {
    let answer = answer(&walk.default, "complain", &json!({ "bytes": 200_000 }));
    let message = answer.pointer("/error/message").and_then(Value::as_str).unwrap();
    assert_eq!(message, format!("{}\u{2026}", "x".repeat(64 << 10)));
}

/// A provider that computes when it is described ends the start instead of keeping it.
pub(crate) fn start(_: &Walk) {
    let setup = Setup::of(&PROVIDERS).set("hostile", "describe", "spin");
    let error = Server::start(Shell::Native, &setup).err().map(|error| format!("{error:#}")).unwrap();
    assert!(error.contains("hostile"), "{error}");
}
