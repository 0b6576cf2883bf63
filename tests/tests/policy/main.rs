//! Policies on a real `wasmcp serve`: a new user's way from a rule to the line of the log that tells why, a change without a restart, and what is
//! refused at the start.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

mod composed;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use test_tokens::Issuer;
use wasmcp_tests::{Request, Server, Setup, Shell, component, free_address, program, scratch};

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

/// A thread of its own writes the lines, and the process waits for the last of them.
#[test]
fn every_decision_is_in_the_log_once_the_server_has_stopped() {
    let folder = folder("stop");
    let (policy, log) = (folder.join("policy.rego"), folder.join("decisions.jsonl"));
    fs::write(&policy, "package wasmcp\n\nallow := true\n").unwrap();
    let flags = ["--policy", policy.to_str().unwrap(), "--decision-log", log.to_str().unwrap()];
    let server = Server::start(Shell::Native, &Setup::of(&["calculator"]).flags(&flags)).unwrap();
    for _ in 0..100 {
        assert!(server.send(&call("add")).unwrap().text().contains("structuredContent"));
    }
    let (status, said) = server.stop().unwrap();
    assert!(status.success(), "{said}");
    let lines = fs::read_to_string(&log).unwrap();
    assert_eq!(lines.lines().filter(|line| line.contains(r#""tools/call""#)).count(), 100, "{lines}");
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

    for told in
        [format!("every request needs a token of {}", issuer.issuer), format!("the policy `{}`", policy.display())]
    {
        server.wait_for_log_after(0, &told).unwrap();
    }
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
    let elsewhere = policy.with_extension("moved");
    fs::rename(&policy, &elsewhere).unwrap();
    until("the server is not ready", || readiness().status == 503);
    fs::rename(&elsewhere, &policy).unwrap();
    until("the server is ready with the files that it had", || readiness().status == 200);
}

fn denying(tool: &str, more: &str) -> String {
    format!("package wasmcp\n\nallow := true\n\ndeny contains \"no\" if input.tool.name == \"{tool}\"\n{more}\n")
}

fn is_unknown(server: &Server, tool: &str) -> bool {
    server.send(&call(tool)).unwrap().text().contains("unknown tool")
}

#[test]
fn files_that_never_stop_changing_are_read_all_the_same() {
    let policy = folder("changing").join("policy.rego");
    fs::write(&policy, denying("divide", "")).unwrap();
    let server = Server::start(Shell::Native, &Setup::of(&["calculator"]).policy(&policy)).unwrap();
    let is_over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            // Each text is another one, and is there for less than a second.
            for number in (0..).take_while(|_| !is_over.load(Ordering::SeqCst)) {
                let next = policy.with_extension("next");
                fs::write(&next, denying("add", &format!("# {number}"))).unwrap();
                fs::rename(&next, &policy).unwrap();
                std::thread::sleep(Duration::from_millis(50));
            }
        });
        until("the policy is in force", || is_unknown(&server, "add"));
        is_over.store(true, Ordering::SeqCst);
        writer.join().unwrap();
    });
    assert!(!is_unknown(&server, "divide"));
}

#[test]
fn a_policy_that_is_being_compiled_does_not_keep_a_server_from_stopping() {
    let policy = folder("slow").join("policy.rego");
    fs::write(&policy, denying("divide", "")).unwrap();
    let server = Server::start(Shell::Native, &Setup::of(&["calculator"]).policy(&policy)).unwrap();
    // Each rule takes some tenths of a second, and all of them longer than the server may take to stop.
    let deep = format!("{}1{}", "[1 | ".repeat(9), ", 2]".repeat(9));
    let rules: String = (0..2000).map(|at| format!("x{at} := {deep}\n")).collect();
    fs::write(&policy, denying("add", &rules)).unwrap();
    server.wait_for_log("have changed: compiling").unwrap();
    let (status, log) = server.stop().unwrap();
    assert!(status.success(), "{status} {log}");
}

#[test]
fn the_policy_of_a_dry_run_is_read_again_and_a_bad_one_leaves_the_last() {
    let folder = folder("dry-run");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (policy, dry_run, log) = (path("policy.rego"), path("dry-run.rego"), path("decisions.jsonl"));
    fs::write(&policy, "package wasmcp\n\nallow := true\n").unwrap();
    let rules = |tool: &str| {
        let deny = format!("deny contains \"no {tool}\" if input.tool.name == \"{tool}\"");
        fs::write(&dry_run, format!("package wasmcp\n\nallow := true\n\n{deny}\n")).unwrap();
    };
    rules("divide");
    let flags = ["--policy", &policy, "--policy-dry-run", &dry_run, "--decision-log", &log];
    let server = Server::start(Shell::Native, &Setup::of(&["calculator"]).flags(&flags)).unwrap();
    let denials = |tool: &str| {
        let lines = fs::read_to_string(&log).unwrap_or_default();
        let reason = format!("\"reason\":\"no {tool}\"");
        lines.lines().filter(|line| line.contains("\"dry_run\":true") && line.contains(&reason)).count()
    };
    // One call, which the policy allows and the dry run would not.
    let would_deny = |tool: &str| {
        let before = denials(tool);
        let answer = server.send(&call(tool)).unwrap().text();
        assert!(answer.contains("structuredContent"), "a dry run denies nothing: {answer}");
        until("the dry run would have denied it", || denials(tool) > before);
    };
    would_deny("divide");

    let mut read = server.log().len();
    rules("add");
    read = server.wait_for_log_after(read, "is the dry run, revision").unwrap().len();
    would_deny("add");
    fs::write(&dry_run, "package wasmcp\n\nallow if {\n").unwrap();
    read = server
        .wait_for_log_after(read, "the dry run is still that of the last policy that could be used")
        .unwrap()
        .len();
    assert!(server.log().contains("dry-run.rego:"), "{}", server.log());
    assert_eq!(server.send(&Request::new("GET", "/readyz")).unwrap().status, 200, "the policy that decides is there");
    would_deny("add");
    rules("multiply");
    server.wait_for_log_after(read, "is the dry run, revision").unwrap();
    would_deny("multiply");
    assert!(!server.log().contains("is in force"), "the policy that decides has not changed: {}", server.log());
}

/// The commands of `README.md` below this heading.
fn commands_of_the_readme(heading: &str) -> Vec<String> {
    let readme = include_str!("../../../README.md");
    let (_, section) = readme.split_once(heading).unwrap();
    let section = section.split("\n## ").next().unwrap();
    section.split("```sh\n").skip(1).map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn the_readme_takes_a_tool_away_from_a_role() {
    let (folder, addr) = (folder("readme"), free_address().unwrap());
    let blocks = commands_of_the_readme("## Deny a tool to a role");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().display().to_string();
    let here = |block: &str| {
        block
            .replace(
                "target/release/wasmcp serve",
                &format!("exec {} serve --addr {addr}", program("wasmcp").unwrap().display()),
            )
            .replace(
                "target/wasm32-unknown-unknown/component/calculator.wasm",
                component("calculator").unwrap().to_str().unwrap(),
            )
            .replace("127.0.0.1:8080", &addr.to_string())
            .replace("policies/try.mjs", &format!("{root}/policies/try.mjs"))
    };
    let bash = |block: &str| {
        let mut bash = Command::new("bash");
        bash.args(["-euc", &here(block)]).current_dir(&folder).env("RESOURCE", format!("http://{addr}/mcp"));
        bash
    };
    let [start, ask] = blocks.as_slice() else { panic!("{blocks:?}") };
    let _server = Server::spawn(&mut bash(start)).unwrap();
    // The log is written in the background: its line may come after the command that looks for it.
    let mut said = String::new();
    until("the commands end with the line of the log", || {
        let output = bash(ask).output().unwrap();
        said = String::from_utf8_lossy(&output.stdout).into_owned();
        output.status.success()
    });
    let lists: Vec<_> = said.lines().filter(|line| *line == "\"name\":\"divide\"").collect();
    assert_eq!(lists.len(), 1, "the writer sees it, the reader does not: {said}");
    assert!(!said.contains("structuredContent") && said.contains("readers do not divide"), "{said}");
}

#[test]
fn the_name_of_a_tool_that_no_provider_has_is_told_at_the_start() {
    let file = folder("misspelt").join("policy.rego");
    let names = r#"{"add", "subtrackt"}"#;
    fs::write(&file, format!("package wasmcp\n\nallow if input.tool.name in {names}\n")).unwrap();
    let flags = ["--policy", file.to_str().unwrap()];
    let server = Server::start(Shell::Native, &Setup::of(&["calculator"]).flags(&flags)).unwrap();
    server.wait_for_log_after(0, "policy.rego:3:38: no provider has a tool `subtrackt`").unwrap();
    assert_eq!(server.log().matches("no provider has a tool").count(), 1, "{}", server.log());
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
    let eval = |role: &str, member: &str| {
        let document = json!({
            "version": 1, "phase": "call", "method": "tools/call", "path": "/mcp", "time": 0,
            "server": { "name": "files", "version": "1.0.0" }, "request": { "headers": {} },
            member: { "name": "delete", "provider": "files", "annotations": {} },
            "identity": { "issuer": "i", "subject": "s", "scopes": [], "roles": [role], "groups": [], "claims": {} },
        });
        fs::write(&input, document.to_string()).unwrap();
        let mut command = Command::new(program("wasmcp").unwrap());
        let command = command.args(["policy", "eval", "--explain"]).arg(policies.join("read-only"));
        command.arg("--input").arg(&input).output().unwrap()
    };
    for (role, expected) in [("writer", "decision: allow"), ("reader", "decision: deny")] {
        let text = String::from_utf8(eval(role, "tool").stdout).unwrap();
        assert!(text.contains(expected) && text.contains(": data.wasmcp.allow"), "{role}: {text}");
    }
    let misspelt = eval("writer", "tol");
    let text = String::from_utf8(misspelt.stderr).unwrap();
    assert!(!misspelt.status.success() && text.contains("unknown field `tol`"), "{text}");
}
