//! The cases that exceed rows: what a hostile provider or client does, and what it gets. Each section of the page has a file of its own.

mod answering;
pub(crate) mod auth;
pub(crate) mod calls;
pub(crate) mod catalogue;
pub(crate) mod clients;
pub(crate) mod egress;
pub(crate) mod keys;
pub(crate) mod log;
pub(crate) mod messages;
pub(crate) mod policies;
pub(crate) mod slow_clients;
pub(crate) mod state;
pub(crate) mod unanswered;
pub(crate) mod views;

use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wasmcp_tests::{Reply, Request, Server, Setup, Shell, program};

/// Servers whose limits are small, so that they are exceeded soon, and one with the defaults. Each has a neighbour.
pub(crate) struct Walk {
    small: Server,
    default: Server,
    composed: Server,
}

const PROVIDERS: [&str; 2] = ["calculator", "hostile"];

impl Walk {
    pub(crate) fn start() -> Self {
        let small = ["--limit-time", "500ms", "--limit-memory", "64MiB", "--limit-result", "1MiB"];
        Self {
            small: start(&Setup::of(&PROVIDERS).flags(&small)),
            default: start(&Setup::of(&PROVIDERS)),
            composed: composed(&["--limit-result", "1MiB"]),
        }
    }
}

/// A server of this setup.
fn start(setup: &Setup) -> Server {
    Server::start(Shell::Native, setup).unwrap()
}

/// A server with these flags that serves both providers as one file.
fn composed(flags: &[&str]) -> Server {
    let file = Setup::of(&PROVIDERS).compose().unwrap();
    let mut wasmcp = Command::new(program("wasmcp").unwrap());
    Server::spawn(wasmcp.args(["serve", "--addr", "127.0.0.1:0"]).args(flags).arg(file)).unwrap()
}

/// Checks that a server does not start with this setup, and says this. So it has no neighbour either.
fn refused(setup: &Setup, said: &str) {
    let error = Server::start(Shell::Native, setup).err().map(|error| format!("{error:#}"));
    assert!(error.as_ref().is_some_and(|error| error.contains(said)), "{said}: {error:?}");
}

/// The request of the neighbour, whose answer must stay right.
fn sum() -> Request {
    Request::call("add", r#"{"a":2,"b":3}"#)
}

/// Sends the request of the neighbour, and checks its answer.
fn check_sum(server: &Server, sum: &Request, beside: &str) {
    let reply = server.send(sum).unwrap();
    let answer = reply.json().unwrap_or_default();
    let text = answer.pointer("/result/content/0/text").and_then(Value::as_str);
    assert_eq!(text, Some(r#"{"result":5}"#), "beside {beside}: {} {answer}\n{}", reply.status, server.log());
}

/// Does what is hostile, and sends the request of the neighbour beside it for as long as it takes.
fn beside<T: Send>(server: &Server, what: &str, hostile: impl FnOnce() -> T + Send) -> T {
    beside_sum(server, &sum(), what, hostile)
}

/// The same where the neighbour has another request, such as one with a token.
fn beside_sum<T: Send>(server: &Server, sum: &Request, what: &str, hostile: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let hostile = scope.spawn(hostile);
        loop {
            let ended = hostile.is_finished();
            check_sum(server, sum, what);
            if ended {
                return hostile.join().unwrap();
            }
        }
    })
}

/// Tries something until it is so, for at most a minute.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(60), "{what}");
        thread::yield_now();
    }
}

/// The reply to a hostile request.
fn reply(server: &Server, what: &str, request: &Request) -> Reply {
    beside(server, what, || server.send(request).unwrap())
}

/// The answer to a hostile call.
fn answer(server: &Server, tool: &str, arguments: &Value) -> Value {
    reply(server, tool, &Request::call(tool, &arguments.to_string())).json().unwrap()
}

/// The text of the result of a hostile call that succeeds.
fn text(server: &Server, tool: &str, arguments: &Value) -> String {
    let answer = answer(server, tool, arguments);
    let text = answer.pointer("/result/content/0/text").and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("{tool}: {answer}")).to_owned()
}

/// Checks that a hostile call fails with an error that says this.
fn fails(server: &Server, tool: &str, arguments: &Value, said: &str) {
    says(&answer(server, tool, arguments), said);
}

/// Checks that an answer is an error that says this.
fn says(answer: &Value, said: &str) {
    let message = answer.pointer("/error/message").and_then(Value::as_str);
    assert!(message.is_some_and(|message| message.contains(said)), "{said}: {answer}");
}

/// A call that wants to be told of its progress.
fn call_with_progress(tool: &str) -> Request {
    let params = json!({ "name": tool, "arguments": {}, "_meta": { "progressToken": "p" } });
    Request::of("2025-11-25", "tools/call", params)
}
