//! Policies: files that are too large, and rules that take too long or say too much.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use wasmcp_tests::{Request, Server, Setup, scratch};

use super::{PROVIDERS, Walk, beside, check_sum, fails, refused, start, sum, text, until};

/// A folder with a policy that denies what these rules say, and with the data `numbers`.
fn folder(name: &str, rules: &str) -> PathBuf {
    let folder = scratch(name).unwrap();
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("policy.rego"), format!("package wasmcp\n\nallow := true\n\n{rules}\n")).unwrap();
    let data = json!({ "numbers": (0..1000).collect::<Vec<_>>() });
    fs::write(folder.join("data.json"), data.to_string()).unwrap();
    folder
}

/// Makes a file that is larger than a policy may be, and takes no room on the disk.
fn make_large(file: &Path) {
    File::create(file).unwrap().set_len((16 << 20) + 1).unwrap();
}

/// At the start, where there is no neighbour; and while a server runs, which keeps the policy that it has.
pub(crate) fn bytes(_: &Walk) {
    let policy = folder("policy-that-grows", "deny contains \"no\" if input.tool.name == \"remember\"");
    let server = start(&Setup::of(&PROVIDERS).policy(&policy));
    make_large(&policy.join("policy.rego"));
    refused(&Setup::of(&PROVIDERS).policy(&policy), "larger than the 16777216 bytes that a policy may have");
    beside(&server, "a policy that is too large", || {
        let readiness = Request::new("GET", "/readyz");
        until("the policy is read again", || server.send(&readiness).unwrap().status == 503);
    });
    fails(&server, "remember", &json!({}), "unknown tool: `remember`");
    check_sum(&server, &sum(), "a policy that is too large");
}

/// The same for a policy that its parser would take hours for, and one that would take all of its stack.
pub(crate) fn nesting(_: &Walk) {
    let policy = folder("policy-that-nests", "deny contains \"no\" if input.tool.name == \"remember\"");
    let server = start(&Setup::of(&PROVIDERS).policy(&policy));
    let good = fs::read_to_string(policy.join("policy.rego")).unwrap();
    let readiness = Request::new("GET", "/readyz");
    for levels in [60, 20_000] {
        let nested = format!("{good}\nx := {}1{}\n", "[".repeat(levels), "]".repeat(levels));
        fs::write(policy.join("policy.rego"), nested).unwrap();
        refused(&Setup::of(&PROVIDERS).policy(&policy), "the policy nests too deep here, or an expression is too long");
        beside(&server, "a policy that nests too deep", || {
            until("the policy is read again", || server.send(&readiness).unwrap().status == 503);
        });
        fails(&server, "remember", &json!({}), "unknown tool: `remember`");
        fs::write(policy.join("policy.rego"), &good).unwrap();
        until("the good policy is in force", || server.send(&readiness).unwrap().status == 200);
    }
}

/// Checks that a call of `remember` with these arguments is denied by these rules for this cause, and that of the neighbour is not.
fn check_denied(name: &str, rules: &str, arguments: &Value, cause: &str) -> Server {
    let policy = folder(name, rules);
    let log = scratch(&format!("{name}.jsonl")).unwrap();
    let _ = fs::remove_file(&log);
    let flags = ["--decision-log", log.to_str().unwrap()];
    let server = start(&Setup::of(&PROVIDERS).policy(&policy).flags(&flags));
    fails(&server, "remember", arguments, "unknown tool: `remember`");
    let cause = format!("\"cause\":\"{cause}\"");
    until("the cause is in the log of decisions", || fs::read_to_string(&log).unwrap_or_default().contains(&cause));
    server
}

pub(crate) fn steps(_: &Walk) {
    let rules = "deny contains \"endless\" if {\n\tinput.tool.name == \"remember\"\n\tsome a in data.numbers\n\tsome b in data.numbers\n\ta + b < 0\n}";
    check_denied("policy-without-end", rules, &json!({}), "too-long");
}

pub(crate) fn reasons(_: &Walk) {
    let rules = "deny contains sprintf(\"%d\", [number]) if {\n\tinput.tool.name == \"remember\"\n\tsome number in data.numbers\n\tnumber < 65\n}";
    check_denied("policy-with-many-reasons", rules, &json!({}), "ill-typed");
}

/// The arguments themselves and the list count one each.
pub(crate) fn values(_: &Walk) {
    let rules = "deny contains \"no\" if input.arguments.forbidden";
    let arguments = |values: usize| json!({ "numbers": vec![0; values - 2] });
    let server = check_denied("policy-about-arguments", rules, &arguments(65_537), "input");
    assert_eq!(text(&server, "remember", &arguments(65_536)), "1");
}
