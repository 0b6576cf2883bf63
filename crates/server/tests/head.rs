//! Tests of what the head of a request decides: path, host and size, and whether the server can work at all.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use contract::model::{Context, McpError, ProviderInfo, ToolCall, ToolLeg, ToolPage};
use contract::{Events, Provider};
use scripted::{Answer, Scripted, Server, complete, leg, post};
use server::{Admission, Body, BodyError};

/// A provider that cannot be reached.
struct Away;

impl Provider for Away {
    async fn describe(&self, _ctx: &Context) -> Answer<ProviderInfo> {
        Err(McpError::Unavailable(None))
    }
    async fn list_tools(&self, _ctx: &Context, _cursor: Option<&str>) -> Answer<ToolPage> {
        Err(McpError::Unavailable(None))
    }
    async fn call_tool(&self, _ctx: &Context, _call: &ToolCall, _events: &Events) -> Answer<ToolLeg> {
        Err(McpError::Unavailable(None))
    }
}

fn server() -> Server {
    Server::of(Scripted::new(|_, _| leg(complete("done"))))
}

#[test]
fn only_the_methods_of_a_path_are_served_and_only_under_its_name() {
    let cases = [
        ("GET", "/mcp", "localhost", 405),
        ("DELETE", "/mcp", "localhost", 405),
        ("OPTIONS", "/mcp", "localhost", 405),
        ("POST", "/healthz", "localhost", 405),
        ("GET", "/healthz", "localhost", 200),
        ("GET", "/readyz", "localhost", 200),
        ("GET", "/", "localhost", 404),
        ("DELETE", "/mcp/", "localhost", 405),
        ("POST", "/mcp/", "localhost", 415),
        ("POST", "/mcp//", "localhost", 404),
        ("POST", "/healthz/", "localhost", 404),
        ("GET", "/healthz", "evil.com", 200),
        ("GET", "/readyz", "10.0.0.7:8080", 200),
        ("DELETE", "/mcp", "evil.com", 403),
        ("OPTIONS", "/mcp", "evil.com", 403),
        ("POST", "/mcp", "evil.com", 403),
        ("GET", "/other", "evil.com", 403),
    ];
    for (method, path, host, status) in cases {
        let request = http::Request::builder().method(method).uri(path).header("host", host).body(bytes::Bytes::new());
        let reply = server().send(request.expect("request"));
        assert_eq!(reply.status, status, "{method} {path} at {host}");
        if status == 405 {
            assert_eq!(reply.headers["allow"], if path.starts_with("/mcp") { "POST" } else { "GET, HEAD" });
        }
    }
}

#[test]
fn a_server_that_is_not_ready_tells_the_reason_only_under_its_name() {
    for (host, told) in [("localhost", true), ("10.0.0.7:8080", false)] {
        let request = http::Request::get("/readyz").header("host", host).body(bytes::Bytes::new()).expect("request");
        let reply = Server::of(Away).send(request);
        let message = reply.chunks.concat();
        assert_eq!((reply.status, message.contains("it is unavailable")), (503, told), "{host}: {message}");
    }
}

#[test]
fn an_unknown_transfer_coding_is_not_implemented() {
    for (coding, status) in [
        ("chunked", 400),
        ("Chunked", 400),
        ("gzip, chunked", 501),
        ("gzip", 501),
        ("chunked, chunked", 501),
        ("", 501),
    ] {
        assert_eq!(server().send(post(&[("transfer-encoding", coding)], "{}")).status, status, "{coding}");
    }
}

#[test]
fn a_body_above_the_limit_is_refused_by_its_announcement() {
    let server = Server::configured(Scripted::new(|_, _| leg(complete("done"))), &[("body-limit", "100")]);
    for (length, status) in [("100", 400), ("101", 413), ("18446744073709551615", 413)] {
        let reply = server.send(post(&[("content-length", length)], "{}"));
        assert_eq!(reply.status, status, "{length}");
    }
}

#[test]
fn the_error_for_an_unreadable_body_says_why() {
    let cases = [
        (BodyError::TooLarge, 413, "is larger than the 4194304 bytes"),
        (BodyError::CutShort, 400, "ended before it was whole"),
        (BodyError::TooSlow, 408, "did not come in the time"),
    ];
    let (head, _) = post(&[], "").into_parts();
    for (error, status, said) in cases {
        let Admission::Body(admitted) = futures_executor::block_on(server().0.admit(&head)) else {
            panic!("{error:?}")
        };
        let response = admitted.refuse(error);
        assert_eq!(response.status(), status, "{error:?}");
        let Body::Full(body) = response.into_body() else { panic!("{error:?}: a stream") };
        assert!(String::from_utf8_lossy(&body).contains(said), "{error:?}: {body:?}");
    }
}

#[test]
fn a_server_that_cannot_work_tells_the_reason_only_to_a_request_that_is_certain_to_be_for_it() {
    const REASON: &str = "the setting `transport.body-limit` must be a number";
    for (headers, path, status, told) in [
        (&[("host", "localhost:8080")][..], "/mcp", 503, true),
        (&[("host", "127.0.0.1")][..], "/readyz", 503, true),
        (&[("host", "localhost")][..], "/healthz", 200, false),
        // It may be one of the allowed hosts, so that it is not refused as a foreign one.
        (&[("host", "mcp.example.com")][..], "/mcp", 503, false),
        (&[("host", "mcp.example.com")][..], "/healthz", 200, false),
        (&[("host", "localhost"), ("origin", "https://app.example.com")][..], "/mcp", 503, false),
    ] {
        let mut request = http::Request::post(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = server::unready(&request.body(()).expect("request").into_parts().0, REASON);
        let Body::Full(body) = response.body() else { panic!("{headers:?} {path}: a stream") };
        let body = String::from_utf8_lossy(body);
        assert_eq!((response.status().as_u16(), body.contains(REASON)), (status, told), "{headers:?} {path}: {body}");
        assert!(!body.contains("allowed-hosts"), "{headers:?} {path}: {body}");
    }
}
