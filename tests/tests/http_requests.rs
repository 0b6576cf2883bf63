//! The contract's service `http`, through a provider that sends the requests of its arguments and answers with their outcomes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a test may fail loudly")]

use std::net::TcpListener;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::runtime::Runtime;
use wasmcp_tests::upstream::{Options, Upstream};
use wasmcp_tests::{Server, Setup, Shell, differences};

/// A name that no resolver knows (RFC 6761 §6.4).
const UNKNOWN: &str = "unknown.invalid";

fn started(options: Options) -> (Runtime, Upstream) {
    let runtime = Runtime::new().unwrap();
    let upstream = runtime.block_on(Upstream::start(options)).unwrap();
    (runtime, upstream)
}

/// An address of this machine where there is no server.
fn closed() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

fn server(shell: Shell, allowed: &[&str]) -> Server {
    let setup = Setup::of(&["http-requests"]);
    let setup = allowed.iter().fold(setup, |setup, authority| setup.egress("http-requests", authority));
    Server::start(shell, &setup).unwrap()
}

/// The outcome of each request.
fn send(server: &Server, requests: &[Value]) -> Vec<Value> {
    let text = server.call("send", &json!({ "requests": requests }).to_string()).unwrap();
    let results: Value = serde_json::from_str(&text).expect(&text);
    results.as_array().expect(&text).clone()
}

/// Fails with every request whose outcome is not the expected one.
fn check(shell: Shell, server: &Server, cases: &[(&str, Value, Value)]) {
    let requests: Vec<Value> = cases.iter().map(|(_, request, _)| request.clone()).collect();
    let results = send(server, &requests);
    assert_eq!(results.len(), cases.len(), "{shell}: {results:?}");
    let wrong = cases.iter().zip(&results).flat_map(|((name, _, expected), result)| {
        differences(expected, result).into_iter().map(move |difference| format!("{shell}, {name}: {difference}"))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn failure(name: &str) -> Value {
    json!({ "failure": name })
}

#[test]
fn every_request_has_its_response_or_its_failure_in_the_order_of_the_requests() {
    let (_runtime, upstream) = started(Options::default());
    let (url, closed) = (upstream.url(), closed());
    let search = |name: &str| json!({ "url": format!("{url}/v1/search?name={name}") });
    let cases = [
        ("a response", search("Berlin"), json!({ "status": 200, "type": "application/json", "failure": "<absent>" })),
        ("a response that says that the server failed", search("Broken"), json!({ "status": 500 })),
        (
            "a response of a path that does not exist",
            json!({ "url": format!("{url}/nowhere") }),
            json!({ "status": 404 }),
        ),
        ("a redirect, which is not followed", json!({ "url": format!("{url}/moved") }), json!({ "status": 302 })),
        (
            "a body and a header",
            json!({ "method": "POST", "url": format!("{url}/v1/search?name=Oslo"), "headers": [["x-test", "1"]], "body": "{}" }),
            json!({ "status": 200 }),
        ),
        ("half a response", search("Cutoff"), failure("connection")),
        ("no server at the address", json!({ "url": format!("http://{closed}/") }), failure("connection")),
        ("an unknown name", json!({ "url": format!("http://{UNKNOWN}/") }), failure("connection")),
        (
            "no response in time",
            json!({ "url": format!("{url}/v1/search?name=Slowville"), "timeout_ms": 700 }),
            failure("timeout"),
        ),
        ("a response after one that failed", search("Tokyo"), json!({ "status": 200 })),
    ];
    for shell in Shell::ALL {
        check(shell, &server(shell, &[upstream.authority(), &closed, UNKNOWN]), &cases);
    }
}

#[test]
fn a_request_that_is_not_valid_is_refused_and_the_others_are_sent() {
    let (_runtime, upstream) = started(Options::default());
    let url = format!("{}/v1/search?name=Berlin", upstream.url());
    let header = |name: &str, value: &str| json!({ "url": url, "headers": [[name, value]] });
    let cases = [
        ("a host of its own", header("host", "other.test"), failure("invalid-request")),
        ("a length of its own", header("Content-Length", "5"), failure("invalid-request")),
        ("a coding of its own", header("transfer-encoding", "chunked"), failure("invalid-request")),
        ("a connection of its own", header("connection", "close"), failure("invalid-request")),
        ("a header whose name is no token", header("a b", "1"), failure("invalid-request")),
        ("a header of two lines", header("x-test", "1\r\nhost: other.test"), failure("invalid-request")),
        ("a method that is no token", json!({ "url": url, "method": "GE T" }), failure("invalid-request")),
        ("a URL without a host", json!({ "url": "/v1/search" }), failure("invalid-request")),
        ("a URL of another scheme", json!({ "url": "ftp://other.test/" }), failure("invalid-request")),
        ("no URL", json!({ "url": "" }), failure("invalid-request")),
        ("a good one", json!({ "url": url }), json!({ "status": 200 })),
    ];
    for shell in Shell::ALL {
        check(shell, &server(shell, &[upstream.authority()]), &cases);
    }
    assert_eq!(upstream.requests(), Shell::ALL.len());
}

/// Under `wasmtime serve` every provider may reach every host.
#[test]
fn a_host_that_the_operator_did_not_allow_is_denied() {
    let (_runtime, upstream) = started(Options::default());
    let port = upstream.authority().rsplit(':').next().unwrap();
    let cases = [
        ("another name", json!({ "url": "http://denied.test/" }), failure("denied")),
        ("an address of the cloud", json!({ "url": "http://169.254.169.254/" }), failure("denied")),
        ("another name of this machine", json!({ "url": format!("http://localhost:{port}/") }), failure("denied")),
        ("the same machine as a number", json!({ "url": format!("http://2130706433:{port}/") }), failure("denied")),
        ("what is allowed", json!({ "url": format!("{}/nowhere", upstream.url()) }), json!({ "status": 404 })),
    ];
    for shell in [Shell::Native, Shell::Hosted] {
        check(shell, &server(shell, &[upstream.authority()]), &cases);
    }
    assert_eq!(upstream.requests(), 2);
}

#[test]
fn a_name_that_is_allowed_opens_no_private_address() {
    let cases = [("this machine", json!({ "url": "http://localhost:9/" }), failure("denied"))];
    for shell in [Shell::Native, Shell::Hosted] {
        check(shell, &server(shell, &["*:*"]), &cases);
    }
}

#[test]
fn all_requests_are_sent_at_once() {
    const REQUESTS: usize = 5;
    // No answer comes before all requests are open, so that sending one after the other would never get any.
    let (_runtime, upstream) = started(Options { hold_until: REQUESTS, delay: Duration::ZERO });
    let request = json!({ "url": format!("{}/v1/search?name=Berlin", upstream.url()) });
    for shell in Shell::ALL {
        let results = send(&server(shell, &[upstream.authority()]), &vec![request.clone(); REQUESTS]);
        assert!(results.iter().all(|result| result["status"] == 200), "{shell}: {results:?}");
        assert_eq!(results.len(), REQUESTS, "{shell}");
    }
    assert!(upstream.most_at_once() >= REQUESTS);
}

#[test]
fn a_response_beyond_the_result_limit_of_the_call_is_too_large() {
    let (_runtime, upstream) = started(Options::default());
    let huge = json!({ "url": format!("{}/v1/search?name=Hugeville", upstream.url()) });
    let setup = Setup::of(&["http-requests"]).egress("http-requests", upstream.authority());
    let server = Server::start(Shell::Native, &setup.flags(&["--limit-result", "1MiB"])).unwrap();
    check(Shell::Native, &server, &[("more than 1 MiB", huge, failure("too-large"))]);
}

/// Each response has more than 1 MiB, and those of one `send` may have 8 MiB together.
#[test]
fn the_responses_of_one_send_share_one_limit() {
    const REQUESTS: usize = 9;
    let (_runtime, upstream) = started(Options::default());
    let huge = json!({ "url": format!("{}/v1/search?name=Hugeville", upstream.url()) });
    let small = json!({ "url": format!("{}/v1/search?name=Berlin", upstream.url()) });
    for shell in Shell::ALL {
        let server = server(shell, &[upstream.authority()]);
        let one = send(&server, std::slice::from_ref(&huge));
        assert_eq!(one[0]["bytes"], (1 << 20) + 1, "{shell}: {one:?}");
        let results = send(&server, &vec![huge.clone(); REQUESTS]);
        let whole = results.iter().filter(|result| result["status"] == 200).count();
        let too_large = results.iter().filter(|result| result["failure"] == "too-large").count();
        assert!(whole < 8 && whole + too_large == REQUESTS, "{shell}: {results:?}");
        assert_eq!(send(&server, std::slice::from_ref(&small))[0]["status"], 200, "{shell}");
    }
}

#[test]
fn no_requests_have_no_results() {
    for shell in Shell::ALL {
        assert_eq!(send(&server(shell, &[]), &[]), [] as [Value; 0], "{shell}");
    }
}
