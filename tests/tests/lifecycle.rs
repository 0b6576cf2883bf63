//! A server from its start to its end.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail loudly")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::SystemTime;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Gate, Reply, Request, Server, Setup, Shell, VERSIONS, component, program, scratch};

/// The shells on which `wasmcp serve` is the host.
const NATIVE_HOSTS: [Shell; 2] = [Shell::Native, Shell::Hosted];

#[test]
fn it_says_what_it_serves_and_what_a_client_must_know() {
    let server = Server::start(Shell::Native, &Setup::of(&["calculator", "weather"])).unwrap();
    let url = format!("http://{}/mcp", server.addr);
    let (_, log) = server.stop().unwrap();
    assert!(log.contains(&format!("serving 7 tools of calculator, weather at {url}")), "{log}");
    // The memory is half of the machine's, which is not the same everywhere.
    let most = "wasmcp: calls at once: up to 256 of each component (`--max-concurrent`), with ";
    let memory = log.lines().find_map(|line| line.strip_prefix(most)).expect(&log);
    let memory = memory.strip_suffix(" of memory together (`--max-memory`)").expect(&log);
    let (number, _unit) = memory.split_once(' ').expect(&log);
    assert!(number.parse::<u64>().is_ok_and(|number| number > 0), "{log}");
    let configuration = log.lines().find(|line| line.starts_with('{')).expect(&log);
    let configuration: Value = serde_json::from_str(configuration).unwrap();
    assert_eq!(configuration, json!({"mcpServers": {"wasmcp": {"type": "http", "url": url}}}));
}

#[test]
fn it_says_how_many_calls_and_how_much_memory_its_options_allow() {
    let allowed = ["--max-concurrent", "7", "--max-memory", "512MiB"];
    for shell in NATIVE_HOSTS {
        let server = Server::start(shell, &Setup::of(&["calculator"]).serve_flags(&allowed)).unwrap();
        let (_, log) = server.stop().unwrap();
        let said = "wasmcp: calls at once: up to 7 of each component (`--max-concurrent`), with 512 MiB of memory together (`--max-memory`)";
        assert!(log.lines().any(|line| line == said), "{shell}: {log}");
    }
}

#[test]
fn what_was_compiled_is_not_compiled_again_unless_its_file_is_damaged() {
    let cache = scratch("compiled-once").unwrap();
    let _ = fs::remove_dir_all(&cache);
    let started = || {
        let setup = Setup::of(&["calculator"]).flags(&["--cache-dir", cache.to_str().unwrap()]);
        drop(Server::start(Shell::Native, &setup).unwrap());
        let mut files = compiled(&cache);
        files.sort();
        files
    };
    let first = started();
    assert!(!first.is_empty(), "nothing is kept in {}", cache.display());
    assert_eq!(started(), first, "what is kept was written again");

    let (file, _) = &first[0];
    let whole = fs::read(file).unwrap();
    fs::write(file, &whole[..whole.len() / 2]).unwrap();
    started();
    assert_eq!(fs::metadata(file).unwrap().len(), u64::try_from(whole.len()).unwrap(), "it was not replaced");
}

/// The compiled files below a folder, and when each was written.
fn compiled(folder: &Path) -> Vec<(PathBuf, SystemTime)> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = entries.flat_map(|path| match path.is_dir() {
        true => compiled(&path),
        false => vec![(path.clone(), fs::metadata(&path).unwrap().modified().unwrap())],
    });
    files.collect()
}

#[test]
fn a_call_under_way_is_answered_after_the_signal_to_stop() {
    let runtime = Runtime::new().unwrap();
    // The first request is held until there is a second one, which comes when the server is stopping.
    let options = Options { hold_until: 2, ..Options::default() };
    let upstream = runtime.block_on(Upstream::start(options)).unwrap();
    let server = Server::start(Shell::Native, &Setup::of(&["weather"]).weather_of(&upstream)).unwrap();
    thread::scope(|scope| {
        let call = scope.spawn(|| server.send(&Request::call("get_weather", r#"{"location":"Oslo"}"#)).unwrap());
        while upstream.requests() == 0 {
            thread::yield_now();
        }
        let signal = Command::new("kill").arg(server.id().to_string()).status().unwrap();
        assert!(signal.success());
        // The server accepts no new client from here on.
        while std::net::TcpStream::connect(server.addr).is_ok() {
            thread::yield_now();
        }
        let url = format!("{}/v1/search?name=Tokyo", upstream.url());
        let mut second = std::net::TcpStream::connect(upstream.authority()).unwrap();
        let request = format!(
            "GET {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
            &url[7 + upstream.authority().len()..],
            upstream.authority()
        );
        std::io::Write::write_all(&mut second, request.as_bytes()).unwrap();
        let answer = call.join().unwrap();
        assert_eq!(answer.status, 200);
        assert!(answer.text().contains("Oslo"), "{}", answer.text());
    });
}

#[test]
fn a_stream_that_is_not_done_in_the_time_to_drain_ends_with_an_error_in_the_place_of_its_result() {
    for shell in NATIVE_HOSTS {
        for version in VERSIONS {
            let gate = Gate::start().unwrap();
            let setup = gate.setup().unwrap().serve_flags(&["--drain-timeout", "100ms"]);
            let server = Server::start(shell, &setup).unwrap();
            let params = json!({ "name": "pause", "arguments": {}, "_meta": { "progressToken": "p" } });
            let mut stream = BufReader::new(Request::of(version, "tools/call", params).begin(server.addr).unwrap());
            let mut line = String::new();
            while !line.contains("begun") {
                line.clear();
                assert_ne!(stream.read_line(&mut line).unwrap(), 0, "{shell}, {version}: no event");
            }
            let _waits = gate.wait().unwrap();
            server.stop().unwrap();
            let mut rest = String::new();
            stream.read_to_string(&mut rest).unwrap();
            let last = rest.lines().find_map(|line| line.strip_prefix("data:")).unwrap_or_default();
            let error: Value = serde_json::from_str(last).unwrap_or_default();
            let said = error.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
            assert_eq!(error.get("id"), Some(&json!(1)), "{shell}, {version}: {rest}");
            assert!(said.contains("it may have run"), "{shell}, {version}: {rest}");
            assert!(rest.ends_with("\r\n0\r\n\r\n"), "{shell}, {version}: {rest:?}");
        }
    }
}

/// The calls compute in the component, and the answers of half of them in the host: neither keeps the server from its end.
#[test]
fn calls_that_compute_when_the_server_stops_are_answered_or_told_that_they_may_have_run() {
    const BYTES: usize = 1 << 20;
    let count = 2 * thread::available_parallelism().map_or(1, usize::from);
    for shell in NATIVE_HOSTS {
        let setup = Setup::of(&["calculator", "hostile"]).serve_flags(&["--drain-timeout", "200ms"]);
        let server = Server::start(shell, &setup).unwrap();
        let begin = |tool: &str, says: &str| {
            let (arguments, before) = (json!({ "say": true, "bytes": BYTES }).to_string(), server.log().len());
            let begun = (0..count).map(|_| Request::call(tool, &arguments).begin(server.addr).unwrap());
            let calls: Vec<_> = begun.map(|call| thread::spawn(|| Reply::on(call).unwrap().json().unwrap())).collect();
            wait_for_lines(&server, before, says, count);
            calls
        };
        let (spinning, swelling) = (begin("spin", "spins"), begin("swell", "swells"));
        let (status, log) = server.stop().unwrap();
        assert_eq!(status.code(), Some(0), "{shell}: {status}\n{log}");
        for (tool, calls) in [("spin", spinning), ("swell", swelling)] {
            for answer in calls.into_iter().map(|call| call.join().unwrap()) {
                assert_eq!(answer.get("id"), Some(&json!(1)), "{shell}, {tool}");
                let text = answer.pointer("/result/content/0/text").and_then(Value::as_str);
                let said = answer.pointer("/error/message").and_then(Value::as_str).unwrap_or_default();
                let is_answered = tool == "swell" && text.is_some_and(|text| text.len() == BYTES);
                assert!(is_answered || said.contains("it may have run"), "{shell}, {tool}: {said}\n{log}");
            }
        }
    }
}

/// Waits until a server has printed so many lines that end so, after so many bytes.
fn wait_for_lines(server: &Server, mut after: usize, end: &str, count: usize) {
    let end = format!(": {end}\n");
    for _ in 0..count {
        let log = server.wait_for_log_after(after, &end).unwrap();
        after += log[after..].find(&end).unwrap() + end.len();
    }
}

#[test]
fn a_signal_ends_a_server_that_has_not_started_yet() {
    let mut command = Command::new(program("wasmcp").unwrap());
    command
        .args(["serve", "--addr", "127.0.0.1:0", "--set", "hostile.describe=wait"])
        .arg(component("hostile").unwrap());
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap()).lines();
    // The loop ends when the provider waits, which it does for longer than its limit: without the signal the server would end with an
    // error about that.
    let waits = said.find(|line| line.as_ref().is_ok_and(|line| line.ends_with("hostile: waits")));
    assert!(waits.is_some(), "it ended: {:?}", child.wait());
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(15), "{:?}", said.collect::<Vec<_>>());
}
