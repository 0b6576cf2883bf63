//! Policies on a real `wasmcp serve`: a new user's way from a rule to the line of the log that tells why, a change without a restart, and what is
//! refused at the start.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use test_tokens::Issuer;
use wasmcp_tests::{Request, Server, Setup, Shell, component, program, scratch};

/// A folder of its own for a test.
fn folder(name: &str) -> PathBuf {
    let folder = scratch("policy").unwrap().join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn call(name: &str) -> Request {
    Request::of("2026-07-28", "tools/call", json!({ "name": name, "arguments": { "a": 6, "b": 3 } }))
}

fn tools(server: &Server, token: &str) -> Vec<String> {
    let list = Request::of("2026-07-28", "tools/list", json!({})).bearer(token);
    let answer = server.send(&list).unwrap().json().unwrap();
    let tools = answer.pointer("/result/tools").and_then(Value::as_array).unwrap_or_else(|| panic!("{answer}"));
    tools.iter().filter_map(|tool| tool.get("name")?.as_str()).map(str::to_owned).collect()
}

/// Asks until the answer is so, for at most half a minute.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::yield_now();
    }
}

#[test]
fn a_tool_that_is_denied_to_a_role_vanishes_and_the_log_says_why() {
    let folder = folder("role");
    let (policy, log) = (folder.join("policy"), folder.join("decisions.jsonl"));
    fs::create_dir(&policy).unwrap();
    let rules = |tool: &str| {
        let text = format!(
            "package wasmcp\n\nallow := true\n\ndeny contains \"readers do not {tool}\" if {{\n\t\"reader\" in input.identity.roles\n\t\
             input.tool.name == \"{tool}\"\n}}\n"
        );
        fs::write(policy.join("policy.rego"), text).unwrap();
    };
    rules("divide");
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let setup = Setup::of(&["calculator"]).tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks()).flags(&[
        "--policy",
        policy.to_str().unwrap(),
        "--decision-log",
        log.to_str().unwrap(),
    ]);
    let server = Server::start(Shell::Native, &setup).unwrap();
    let reader = issuer.token().claim("roles", vec!["reader"]).signed();
    let writer = issuer.token().claim("roles", vec!["writer"]).signed();

    assert!(!tools(&server, &reader).contains(&"divide".to_owned()));
    assert!(tools(&server, &writer).contains(&"divide".to_owned()));
    let denied = server.send(&call("divide").bearer(&reader)).unwrap();
    let absent = server.send(&call("absent").bearer(&reader)).unwrap();
    assert_eq!(denied.text().replace("divide", "NAME"), absent.text().replace("absent", "NAME"));
    assert!(server.send(&call("divide").bearer(&writer)).unwrap().text().contains("structuredContent"));

    let lines = || fs::read_to_string(&log).unwrap_or_default();
    until("the decisions are in the log", || lines().lines().count() >= 5);
    let decisions: Vec<Value> = lines().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let denials: Vec<_> = decisions.iter().filter(|line| line["result"] == "deny").collect();
    assert_eq!(denials.len(), 1, "{decisions:?}");
    assert_eq!((&denials[0]["name"], &denials[0]["reason"]), (&"divide".into(), &"readers do not divide".into()));
    assert!(!lines().contains(reader.rsplit('.').next().unwrap()));

    // A change counts without a restart, and one that cannot be compiled leaves the last in force.
    rules("add");
    until("the new policy is in force", || !tools(&server, &reader).contains(&"add".to_owned()));
    assert!(tools(&server, &reader).contains(&"divide".to_owned()));
    fs::write(policy.join("policy.rego"), "package wasmcp\n\nallow if {\n").unwrap();
    let readiness = || server.send(&Request::new("GET", "/readyz")).unwrap();
    until("the server is not ready", || readiness().status == 503);
    assert!(readiness().text().contains("policy.rego:"), "{}", readiness().text());
    assert!(!tools(&server, &reader).contains(&"add".to_owned()), "the last good policy is in force");
    rules("multiply");
    until("the server is ready", || readiness().status == 200);
    until("the new policy is in force", || !tools(&server, &reader).contains(&"multiply".to_owned()));
}

#[test]
fn what_cannot_be_a_policy_ends_the_start_with_its_place() {
    let folder = folder("refused");
    let wrong = folder.join("wrong.rego");
    for (text, expected) in [
        ("package wasmcp\nallow if inputt.tool\nallow if {", "wrong.rego:"),
        ("package wasmcp\nallow if http.send({})", "`http.send` is not for policies"),
        ("package wasmcp\ndeny contains \"x\"", "no rule `allow`"),
    ] {
        fs::write(&wrong, text).unwrap();
        let calculator = component("calculator").unwrap();
        let serve = ["serve", calculator.to_str().unwrap(), "--addr", "127.0.0.1:0", "--policy"];
        for arguments in [&serve[..], &["check", "--policy"]] {
            let output = Command::new(program("wasmcp").unwrap()).args(arguments).arg(&wrong).output().unwrap();
            let log = String::from_utf8_lossy(&output.stderr);
            assert!(!output.status.success() && log.contains(expected), "{arguments:?}, {text}: {log}");
        }
    }
    fs::write(&wrong, "package wasmcp\nallow if input.arguments.a == 1").unwrap();
    let output = Command::new(program("wasmcp").unwrap()).args(["check", "--policy"]).arg(&wrong).output().unwrap();
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && log.contains("add a rule `visible`"), "{log}");
}

#[test]
fn the_starters_pass_their_tests_and_an_input_is_evaluated() {
    let policies = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("policies");
    let mut count = 0;
    for entry in fs::read_dir(&policies).unwrap() {
        let starter = entry.unwrap().path();
        if starter.is_dir() {
            let output =
                Command::new(program("wasmcp").unwrap()).args(["policy", "test"]).arg(&starter).output().unwrap();
            assert!(output.status.success(), "{}: {}", starter.display(), String::from_utf8_lossy(&output.stdout));
            count += 1;
        }
    }
    assert_eq!(count, 5);
    let input = folder("eval").join("input.json");
    for (role, expected) in [("writer", "decision: allow"), ("reader", "decision: deny")] {
        let document = json!({
            "version": 1, "phase": "call", "method": "tools/call", "tool": { "name": "delete", "provider": "files", "annotations": {} },
            "identity": { "roles": [role] },
        });
        fs::write(&input, document.to_string()).unwrap();
        let mut command = Command::new(program("wasmcp").unwrap());
        let output = command.args(["policy", "eval"]).arg(policies.join("read-only")).arg("--input").arg(&input);
        let text = String::from_utf8(output.output().unwrap().stdout).unwrap();
        assert!(text.contains(expected), "{role}: {text}");
    }
}
