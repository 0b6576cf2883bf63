//! The log: nothing that happens to it ends a call or the server, and it says what happened.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::fs::File;
use std::io::{BufRead, BufReader, PipeReader, pipe};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use wasmcp_tests::{Connection, Request, Server, Setup, Shell, component, program, scratch};

/// The shells on which `wasmcp serve` is the host.
const NATIVE_HOSTS: [Shell; 2] = [Shell::Native, Shell::Hosted];

fn hostile() -> Setup {
    Setup::of(&["calculator", "hostile"])
}

/// A disk without room.
fn full_disk() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

/// A pipe that no program reads.
fn closed_pipe() -> Stdio {
    pipe().unwrap().1.into()
}

/// What a process writes to.
type Output = fn() -> Stdio;

const OUTPUTS: [(&str, Output); 2] = [("a full disk", full_disk), ("a closed pipe", closed_pipe)];

fn add(server: &Server) {
    assert_eq!(server.call("add", r#"{"a":2,"b":3}"#).unwrap(), r#"{"result":5}"#);
}

#[test]
fn a_log_that_cannot_be_written_ends_no_call_and_no_server() {
    for shell in NATIVE_HOSTS {
        for (name, output) in OUTPUTS {
            let setup = hostile().serve_flags(&["--drain-timeout", "300ms"]);
            let server = Server::with_log(shell, &setup, output()).unwrap();
            let trapped = server.send(&Request::call("trap", "{}")).unwrap().json().unwrap();
            assert_eq!(trapped["error"]["code"], -32603, "{shell}, {name}: {trapped}");
            let denied = server.call("send_request", r#"{"authority":"example.com"}"#).unwrap();
            assert_eq!(denied, "refused: ErrorCode::HttpRequestDenied", "{shell}, {name}");
            assert_eq!(server.call("print", r#"{"times":100}"#).unwrap(), "printed", "{shell}, {name}");
            add(&server);
            // A call that is open at the end is answered, and the end is no crash.
            let address = server.addr;
            let open = Request::call("wait", "{}").begin(address).unwrap();
            add(&server);
            let (status, _) = server.stop().unwrap();
            assert_eq!(status.code(), Some(0), "{shell}, {name}: {status}");
            let answer: String = BufReader::new(open).lines().map_while(Result::ok).collect();
            assert!(answer.contains("it may have run") && answer.contains(r#""id":1"#), "{shell}, {name}: {answer}");
        }
    }
}

/// A port that was free a moment ago: a server whose standard output is closed cannot say which one it has.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

#[test]
fn a_banner_that_cannot_be_written_does_not_keep_a_server_from_serving() {
    for (name, output) in OUTPUTS {
        let address = free_address();
        let mut command = Command::new(program("wasmcp").unwrap());
        command.args(["serve", "--addr", &address]).arg(component("calculator").unwrap());
        let mut child = command.stdout(output()).stderr(Stdio::piped()).spawn().unwrap();
        let address = address.parse().unwrap();
        let deadline = Instant::now() + Duration::from_secs(180);
        while !Request::new("GET", "/readyz").send(address).is_ok_and(|reply| reply.status == 200) {
            assert!(Instant::now() < deadline && child.try_wait().unwrap().is_none(), "{name}: not ready");
            thread::yield_now();
        }
        let answer = Request::call("add", r#"{"a":2,"b":3}"#).send(address).unwrap();
        assert_eq!(answer.status, 200, "{name}");
        assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
        let ended = child.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{name}: {}", String::from_utf8_lossy(&ended.stderr));
    }
}

#[test]
fn a_command_whose_output_is_not_read_ends_as_it_would() {
    let calculator = component("calculator").unwrap().display().to_string();
    let made = scratch("made.wasm").unwrap().display().to_string();
    let filler = scratch("filler.wasm").unwrap().display().to_string();
    let cases: [(&[&str], Output, i32); 8] = [
        (&["settings"], closed_pipe, 0),
        (&["settings", "--json"], closed_pipe, 0),
        // What was asked for is not there.
        (&["settings"], full_disk, 1),
        (&["compose", &calculator, "-o", &made], closed_pipe, 0),
        (&["compose", &calculator, "-o", &made], full_disk, 0),
        (&["filler", "tools", "-o", &filler], full_disk, 0),
        (&["--help"], closed_pipe, 0),
        (&["serve", "missing.wasm"], closed_pipe, 1),
    ];
    for (arguments, output, code) in cases {
        for stderr in [Stdio::piped, full_disk, closed_pipe] {
            let mut command = Command::new(program("wasmcp").unwrap());
            let ended = command.args(arguments).stdout(output()).stderr(stderr()).output().unwrap();
            let said = String::from_utf8_lossy(&ended.stderr);
            assert_eq!(ended.status.code(), Some(code), "{arguments:?}: {said}");
            assert!(
                !said.contains("panicked") && (code != 0 || !said.contains("Broken pipe")),
                "{arguments:?}: {said}"
            );
        }
    }
}

/// How many calls are logged: with two lines each, more lines than fit into a pipe and the queue before it.
const CALLS: usize = 4000;

#[test]
fn a_log_that_is_not_read_holds_up_no_call_and_tells_later_what_was_lost() {
    let (reader, writer) = pipe().unwrap();
    let setup = Setup::of(&["calculator"]).flags(&["--log-level", "debug"]);
    let server = Server::with_log(Shell::Native, &setup, writer).unwrap();
    let mut connection = Connection::open(server.addr).unwrap();
    let call = Request::call("add", r#"{"a":2,"b":3}"#);
    for _ in 0..CALLS {
        assert_eq!(connection.send(&call).unwrap().status, 200);
    }
    let (logged, lost) = lines_before_the_lost(reader);
    assert!(logged > 0 && lost > 0, "{logged} lines and {lost} lost ones");
    assert_eq!(logged + lost, 2 * CALLS);
    let (status, _) = server.stop().unwrap();
    assert_eq!(status.code(), Some(0), "{status}");
}

/// The number of lines about calls before the message that lines were lost, and the number in it.
fn lines_before_the_lost(log: PipeReader) -> (usize, usize) {
    let mut logged = 0;
    for line in BufReader::new(log).lines().map_while(Result::ok) {
        if let Some(lost) =
            line.strip_prefix("wasmcp: ").and_then(|line| line.strip_suffix(" lines of the log were lost"))
        {
            return (logged, lost.parse().unwrap());
        }
        logged += usize::from(line.contains(" after "));
    }
    (logged, 0)
}

#[test]
fn a_log_in_json_has_the_fields_of_every_message_and_no_secret() {
    let flags = ["--log-format", "json", "--log-level", "debug"];
    let server = Server::start(Shell::Native, &hostile().flags(&flags).set("hostile", "token", "secret")).unwrap();
    let call = Request::call("print", r#"{"text":"a \"word\"\u001b[2J","times":2,"trap":true,"password":"secret"}"#);
    server.send(&call.header("authorization: Bearer secret")).unwrap();
    server.call("send_request", r#"{"authority":"example.com"}"#).unwrap();
    let (status, log) = server.stop().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(!log.contains("secret"), "{log}");
    // The banner is no part of the log.
    const BANNER: [&str; 3] = ["wasmcp: calls at once: ", "wasmcp: serving ", r#"{"mcpServers""#];
    let lines = log.lines().filter(|line| !BANNER.iter().any(|start| line.starts_with(start)));
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).expect(line)).collect();
    for line in &lines {
        let time = line["time"].as_str().expect("a time");
        assert!(time.len() == "2026-11-30T12:00:00.000Z".len() && time.ends_with('Z'), "{line}");
    }
    let find = |text: &str| {
        let has_text = |line: &&Value| line["message"].as_str().is_some_and(|message| message.contains(text));
        lines.iter().find(has_text).unwrap_or_else(|| panic!("nothing of `{text}` in {log}"))
    };
    for (text, level, provider, source) in [
        ("a \"word\"\\u{1b}[2J", "info", json!("hostile"), json!("component")),
        ("trapped: wasm `unreachable` instruction executed", "error", json!("hostile"), json!("host")),
        ("a request to example.com:80 was denied", "warn", json!("hostile"), json!("host")),
        ("stopping", "info", Value::Null, Value::Null),
        ("`tools/call` failed after ", "debug", json!("hostile"), Value::Null),
    ] {
        let line = find(text);
        assert_eq!((&line["level"], &line["provider"], &line["source"]), (&json!(level), &provider, &source), "{line}");
    }
    let request = find("a \"word\"")["request"].as_str().expect("the id of the request");
    for text in ["trapped: ", "`tools/call` failed after ", "status 200, error -32603"] {
        assert_eq!(find(text)["request"], request, "{text}");
    }
    let denied = find("was denied")["request"].as_str().expect("the id of a request that was denied");
    assert!(denied.len() == request.len() && denied != request, "{denied}");
}

#[test]
fn the_level_decides_what_is_logged() {
    let messages =
        ["trapped: wasm", "a lookup of `example.com` was denied", "hostile: printed", "`tools/call` was answered"];
    for (level, logged) in [("error", 1), ("warn", 2), ("info", 3), ("debug", 4)] {
        let server = Server::start(Shell::Native, &hostile().flags(&["--log-level", level])).unwrap();
        server.call("trap", "{}").unwrap();
        assert_eq!(server.call("look_up", r#"{"name":"example.com"}"#).unwrap(), "refused: access-denied");
        server.call("print", r#"{"times":1}"#).unwrap();
        let (_, log) = server.stop().unwrap();
        assert_eq!(messages.map(|message| log.contains(message)), [1, 2, 3, 4].map(|index| index <= logged), "{log}");
        assert!(log.contains("serving "), "the banner is no part of the log: {log}");
    }
}

#[test]
fn what_a_provider_is_denied_hides_nothing_that_the_host_reports_of_it() {
    let server = Server::start(Shell::Native, &hostile()).unwrap();
    for _ in 0..3 {
        let mut connection = Connection::open(server.addr).unwrap();
        let denied = Request::call("send_request", r#"{"authority":"example.com"}"#);
        for _ in 0..250 {
            connection.send(&denied).unwrap();
        }
        connection.send(&Request::call("trap", "{}")).unwrap();
    }
    let (_, log) = server.stop().unwrap();
    assert_eq!(log.matches("hostile: trapped: wasm").count(), 3, "{log}");
}

#[test]
fn on_loopback_alone_a_trap_is_answered_with_the_line_that_was_printed_last() {
    let call = Request::call("print", r#"{"text":"the reason","times":3,"trap":true}"#);
    for (key, value, is_told) in [
        ("name", "test", true),
        ("allowed-hosts", "mcp.example.com", false),
        ("allowed-origins", "https://app.example.com", false),
    ] {
        let server = Server::start(Shell::Native, &hostile().set("transport", key, value)).unwrap();
        let answer = server.send(&call).unwrap().text();
        assert!(answer.contains("provider `hostile` trapped: "), "{answer}");
        assert_eq!(answer.contains("; the last line that it printed: the reason"), is_told, "{key}: {answer}");
        server.wait_for_log("hostile: the reason").unwrap();
    }
}

#[test]
fn clients_are_connected_as_far_as_there_are_descriptors() {
    let serve = "ulimit -n 300; exec \"$0\" serve --addr 127.0.0.1:0 \"$1\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", serve]).arg(program("wasmcp").unwrap()).arg(component("calculator").unwrap());
    let server = Server::spawn(&mut shell).unwrap();
    server
        .wait_for_log("`--max-connections` is 172 instead of 1024: this process may open 300 files (`ulimit -n`)")
        .unwrap();
    let idle: Vec<_> = (0..200).map(|_| Connection::open(server.addr)).collect();
    add(&server);
    drop(idle);
}
