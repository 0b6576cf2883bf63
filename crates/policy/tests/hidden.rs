//! What a policy or a view hides is answered as what does not exist: the same status, headers and bytes, whatever the method, the version and
//! the headers of the request are.
#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod engine;

use engine::{ITEMS, Server, caller};
use policy::{Bundle, File, PolicyOptions};

const VERSIONS: [&str; 3] = ["2026-07-28", "2025-11-25", "2025-06-18"];

/// Ways to hide what `two` has: by name, so that what is absent is allowed; by its owner, which only a list may tell; by what a tool says of
/// itself; by a view.
const HIDING: [(&str, &str); 4] = [
    (
        "/mcp",
        r#"allow := true
deny contains "hidden" if startswith(name, "two.a")
deny contains "hidden" if startswith(name, "two.b")
deny contains "hidden" if startswith(name, "two:/a")
deny contains "hidden" if startswith(name, "two:/b")
name := input.tool.name
name := input.prompt.name
name := input.resource.uri"#,
    ),
    (
        "/mcp",
        r#"allow if not of_two
of_two if input.tool.provider == "two"
of_two if input.prompt.provider == "two"
of_two if input.resource.provider == "two""#,
    ),
    (
        "/mcp",
        r#"allow if input.tool.annotations.destructiveHint
allow if input.prompt.provider == "one"
allow if input.resource.provider == "one""#,
    ),
    ("/mcp/one", "allow := true"),
];

/// Headers that a server looks at, beside those of the version.
const HEADERS: &[&[(&str, &str)]] = &[
    &[],
    &[("accept", "application/json, text/event-stream")],
    &[("mcp-param-region", "eu")],
    &[("mcp-name", "other")],
    &[("mcp-method", "ping")],
    &[("mcp-session-id", "1")],
    &[("last-event-id", "1")],
    &[("authorization", "Bearer x")],
    &[("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")],
    &[("cache-control", "no-cache"), ("if-none-match", "*")],
];

/// What requests can have beside what is called.
const MORE: [&str; 4] = ["", r#","requestState":"x""#, r#","_meta":{"progressToken":1}"#, r#","unknown":1"#];

fn bundle(text: &str) -> Bundle {
    let text = format!("package wasmcp\n{text}\n");
    Bundle::compile(&[File { path: "policy.rego", text: &text }]).unwrap_or_else(|error| panic!("{text}\n{error}"))
}

#[test]
fn what_is_hidden_is_answered_as_what_is_absent_whatever_the_request_has() {
    let mut compared = 0;
    for (path, policy) in HIDING {
        for is_static in [true, false] {
            let server = Server::of(bundle(policy), PolicyOptions::default(), is_static, caller("ada"));
            for (_, _, _, method, names) in ITEMS {
                for hidden in names.iter().filter(|name| name.starts_with("two")) {
                    let absent = match hidden.contains(':') {
                        true => hidden.replacen(":/", ":/not-", 1),
                        false => hidden.replacen("two.", "two.not-", 1),
                    };
                    for version in VERSIONS {
                        for (headers, more) in HEADERS.iter().flat_map(|headers| MORE.map(|more| (headers, more))) {
                            let answer = |name: &str| {
                                let params = format!("{}{more}", engine::params(method, name));
                                let response = server.exchange(path, version, method, &params, headers);
                                let body = response.body().replace(name, "NAME");
                                (response.status(), format!("{:?}", response.headers()), body)
                            };
                            let of_hidden = answer(hidden);
                            let what = format!("{path} {policy}\n{version} {method} {hidden} {headers:?} {more}");
                            assert!(of_hidden.2.contains("error"), "{what}: {of_hidden:?}");
                            assert_eq!(of_hidden, answer(&absent), "{what}");
                            compared += 1;
                        }
                    }
                }
            }
            assert_eq!(server.calls(), [""; 0], "no provider is called for what is hidden: {policy}");
        }
    }
    assert!(compared > 9_000, "only {compared} answers were compared");
}
