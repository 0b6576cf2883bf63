//! The policy of a composed file: it decides as on every shell, and what it could not obey is refused.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use test_tokens::Issuer;
use wasmcp_tests::{Request, Server, Setup, Shell, program};

use crate::{call, folder, tools};

/// The file compiles its policy for the first caller that it admits. Until then nothing shows that it cannot.
#[test]
fn a_composed_file_whose_policy_does_not_compile_serves_no_caller_and_says_why() {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let token = issuer.token().signed();
    let setup = Setup::of(&["calculator"]).tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks()).set(
        "policy",
        "rego",
        "package wasmcp\n\nallow if {\n",
    );
    let server = Server::listening(Shell::Composed, &setup).unwrap();
    for (what, request, status, said) in [
        ("a probe of the process", Request::new("GET", "/healthz"), 200, "ok"),
        ("a request without a token", call("add"), 401, ""),
        ("a caller", call("add").bearer(&token), 503, "policy.rego"),
        ("a list", Request::of("2026-07-28", "tools/list", json!({})).bearer(&token), 503, "policy.rego"),
        ("a probe of readiness", Request::new("GET", "/readyz"), 503, "policy.rego"),
    ] {
        let answer = server.send(&request).unwrap();
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        assert!(answer.text().contains(said), "{what}: {}", answer.text());
    }
}

/// Readers may use the tools whose names begin with `a`, and hold a number of at most 10.
const RULES: &str = r#"package wasmcp

default allow := false

allow if startswith(input.tool.name, "a")

allow if not input.tool

visible if allow

deny contains "too large" if {
	input.phase == "call"
	input.arguments.a > 10
}
"#;

/// The answers of a server to what the rules decide about.
fn decided(server: &Server) -> Vec<String> {
    let call = |name: &str, a: u32| {
        let params = json!({ "name": name, "arguments": { "a": a, "b": 3 } });
        server.send(&Request::of("2026-07-28", "tools/call", params)).unwrap().text()
    };
    let hidden =
        [call("divide", 1), call("add", 11)].map(|answer| answer.replace("divide", "NAME").replace("add", "NAME"));
    let absent = call("absent", 1).replace("absent", "NAME");
    assert_eq!(hidden, [absent.clone(), absent], "a denial is the same as a tool that is not there");
    let list = server.send(&Request::of("2026-07-28", "tools/list", json!({}))).unwrap();
    assert!(list.text().contains(r#""cacheScope":"private""#), "{}", list.text());
    vec![call("add", 10), list.text()]
}

#[test]
fn the_same_policy_decides_alike_on_every_shell_from_a_folder_and_from_a_setting() {
    let rules = folder("every-shell").join("policy.rego");
    fs::write(&rules, RULES).unwrap();
    let from_file = Setup::of(&["calculator"]).policy(&rules);
    let mut answers = Vec::new();
    for shell in Shell::ALL {
        answers.push((format!("{shell}, folder"), decided(&Server::start(shell, &from_file).unwrap())));
    }
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let token = issuer.token().signed();
    let from_setting = Setup::of(&["calculator"])
        .tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks())
        .set("policy", "rego", RULES);
    for shell in Shell::ALL {
        let server = Server::start(shell, &from_setting).unwrap();
        let tools = tools(&server, &token);
        assert_eq!(tools, ["add"], "{shell}");
        assert_eq!(
            server.send(&call("add")).unwrap().status,
            401,
            "{shell}: a policy lets no caller in without a token"
        );
        assert!(server.send(&call("add").bearer(&token)).unwrap().text().contains("structuredContent"), "{shell}");
        assert!(!server.send(&call("divide").bearer(&token)).unwrap().text().contains("structuredContent"), "{shell}");
    }
    for (shell, answer) in &answers {
        assert!(answer[0].contains("structuredContent"), "{shell}: {answer:?}");
        assert_eq!(answer, &answers[0].1, "{shell}");
    }
}

#[test]
fn a_composed_file_writes_its_decisions_to_standard_error() {
    let rules = folder("composed-log").join("policy.rego");
    fs::write(&rules, RULES).unwrap();
    let setup = Setup::of(&["calculator"]).policy(&rules).set("policy", "log-decisions", "true");
    for shell in [Shell::Composed, Shell::Hosted] {
        let server = Server::start(shell, &setup).unwrap();
        server.send(&call("divide")).unwrap();
        let log = server.wait_for_log("\"name\":\"divide\"").unwrap();
        let line = log.lines().find(|line| line.contains("\"name\":\"divide\"")).unwrap();
        let record = line.find('{').and_then(|start| serde_json::from_str::<Value>(&line[start..]).ok());
        let record = record.unwrap_or_else(|| panic!("{shell}: {line}"));
        assert_eq!((&record["result"], &record["cause"]), (&"deny".into(), &"rule".into()), "{shell}: {line}");
    }
}

#[test]
fn a_composed_file_refuses_settings_that_it_could_not_obey() {
    let rules = folder("composed-refusals").join("policy.rego");
    fs::write(&rules, RULES).unwrap();
    let (open, with_policy) = (Setup::of(&["calculator"]), Setup::of(&["calculator"]).policy(&rules));
    let issuer = Issuer::example();
    let asks_for_tokens = |setup: Setup| setup.tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks());
    let served = |file: &Path| Setup::of(&["calculator"]).one_file(file);
    let (open_file, with_auth) =
        (open.compose().unwrap(), asks_for_tokens(Setup::of(&["calculator"])).compose().unwrap());
    for (name, setup, expected) in [
        ("an open file", open.set("policy", "rego", RULES), "composed without authorization"),
        ("two policies", with_policy.set("policy", "rego", RULES), "take one of them away"),
        (
            "an open file that is to ask for tokens",
            asks_for_tokens(served(&open_file)),
            "composed without authorization",
        ),
        (
            "an open file that is to ask for tokens and to obey a policy",
            asks_for_tokens(served(&open_file)).set("policy", "rego", RULES),
            "composed without authorization",
        ),
        ("a file that asks for tokens of no issuer", served(&with_auth), "composed with `--auth`"),
        (
            "a file that asks for tokens of no issuer, under a policy",
            served(&with_auth).set("policy", "rego", RULES),
            "composed with `--auth`",
        ),
    ] {
        let Err(error) = Server::start(Shell::Hosted, &setup) else { panic!("{name}: it started") };
        assert!(format!("{error:#}").contains(expected), "{name}: {error:#}");
        let server = Server::listening(Shell::Composed, &setup).unwrap();
        let answer = server.send(&call("add")).unwrap();
        assert!(answer.status == 500 || answer.status == 503, "{name}: {answer:?}");
        assert!(server.send(&Request::new("GET", "/readyz")).unwrap().text().contains(expected), "{name}");
    }
    let misspelt = Setup::of(&["calculator"]).policy(&rules).set("policy", "log-decision", "true");
    let server = Server::listening(Shell::Composed, &misspelt).unwrap();
    let answer = server.send(&Request::new("GET", "/readyz")).unwrap().text();
    assert!(answer.contains("no setting `policy.log_decision`"), "{answer}");
    fs::write(&rules, "package wasmcp\nallow if net.cidr_contains(\"10.0.0.0/8\", input.request.address)").unwrap();
    let Err(error) = Setup::of(&["calculator"]).policy(&rules).compose() else { panic!("it composed") };
    assert!(error.to_string().contains("no function `net.cidr_contains`"), "{error:#}");
}

/// A `deny` by an address that is never there would deny nothing.
#[test]
fn a_policy_about_addresses_is_obeyed_where_they_are_known_and_refused_where_they_are_not() {
    let rules = folder("addresses").join("policy.rego");
    let of = |address: &str| {
        let deny = format!("deny contains \"not from there\" if input.request.address == \"{address}\"");
        format!("package wasmcp\n\nallow := true\n\n{deny}\n")
    };
    let from_file = Setup::of(&["calculator"]).policy(&rules);
    for (address, is_denied) in [("127.0.0.1", true), ("192.0.2.1", false)] {
        fs::write(&rules, of(address)).unwrap();
        let server = Server::start(Shell::Native, &from_file).unwrap();
        let answer = server.send(&call("add")).unwrap().text();
        assert_eq!(answer.contains("structuredContent"), !is_denied, "{address}: {answer}");
    }

    let unknown = "policy.rego:5:35: `input.request.address` is not known";
    let check = Command::new(program("wasmcp").unwrap()).args(["check", "--policy"]).arg(&rules).output().unwrap();
    let log = String::from_utf8_lossy(&check.stderr);
    assert!(check.status.success() && log.contains(unknown), "{log}");
    let Err(error) = from_file.compose() else { panic!("it composed") };
    assert!(error.to_string().contains(unknown), "{error:#}");
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let from_setting = Setup::of(&["calculator"]).tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks()).set(
        "policy",
        "rego",
        &of("127.0.0.1"),
    );
    let Err(error) = Server::start(Shell::Hosted, &from_setting) else { panic!("it started") };
    assert!(format!("{error:#}").contains(unknown), "{error:#}");
    let server = Server::listening(Shell::Composed, &from_setting).unwrap();
    for (what, request) in [
        ("a probe of readiness", Request::new("GET", "/readyz")),
        ("a caller", call("add").bearer(&issuer.token().signed())),
    ] {
        let answer = server.send(&request).unwrap();
        assert!(answer.status == 503 && answer.text().contains(unknown), "{what}: {answer:?}");
    }
}
