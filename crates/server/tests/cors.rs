//! Tests of cross-origin requests: pages of allowed origins can call and read the answer, and no other page learns anything.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use bytes::Bytes;
use http::HeaderMap;
use scripted::{Reply, Scripted, Server, complete, leg, modern, post, progress};
use server::{Admission, Body, BodyError};

const PAGE: &str = "https://app.example.com";
const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say"}}"#;

fn server() -> Server {
    let provider = Scripted::new(|_, _| leg(complete("done")));
    Server::configured(provider, &[("allowed-origins", PAGE), ("body-limit", "1000")])
}

fn send(method: &str, path: &str, headers: &[(&str, &str)]) -> Reply {
    let mut request = http::Request::builder().method(method).uri(path).header("host", "localhost");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    server().send(request.body(Bytes::new()).expect("request"))
}

/// Whether the browser lets the page read the answer.
fn is_readable(headers: &HeaderMap, origin: &str) -> bool {
    let cors: Vec<_> = headers.keys().filter(|name| name.as_str().starts_with("access-control-")).collect();
    match headers.get("access-control-allow-origin") {
        Some(allowed) => {
            assert_eq!(allowed, origin);
            assert_eq!(headers["vary"], "Origin");
            assert_eq!(headers["access-control-expose-headers"], "Mcp-Session-Id, WWW-Authenticate");
            true
        }
        None => {
            assert!(cors.is_empty(), "{origin}: {cors:?}");
            false
        }
    }
}

#[test]
fn a_browser_that_asks_for_a_page_of_an_allowed_origin_gets_permission() {
    for (path, origin, status, methods) in [
        ("/mcp", PAGE, 204, "POST"),
        ("/mcp/", PAGE, 204, "POST"),
        ("/mcp", "http://localhost:6274", 204, "POST"),
        ("/mcp", "http://[::1]:6274", 204, "POST"),
        ("/healthz", PAGE, 204, "GET, HEAD"),
        ("/elsewhere", PAGE, 404, ""),
        ("/mcp", "https://evil.com", 403, ""),
        ("/mcp", "null", 403, ""),
    ] {
        let reply = send("OPTIONS", path, &[("origin", origin), ("access-control-request-method", "POST")]);
        assert_eq!(reply.status, status, "{path} {origin}");
        assert_eq!(is_readable(&reply.headers, origin), status != 403, "{path} {origin}");
        let allowed =
            reply.headers.get("access-control-allow-methods").map_or("", |value| value.to_str().expect("text"));
        assert_eq!(allowed, methods, "{path} {origin}");
        if status == 204 {
            assert_eq!(
                (reply.chunks.concat().as_str(), &reply.headers["access-control-max-age"]),
                ("", &"7200".parse().expect("header"))
            );
        }
    }
}

#[test]
fn a_request_with_options_that_is_no_question_of_a_browser_is_refused() {
    for headers in [&[][..], &[("origin", PAGE)], &[("access-control-request-method", "POST")]] {
        let reply = send("OPTIONS", "/mcp", headers);
        assert_eq!((reply.status, &reply.headers["allow"]), (405, &"POST".parse().expect("header")), "{headers:?}");
        assert!(!reply.headers.contains_key("access-control-allow-methods"), "{headers:?}");
    }
}

#[test]
fn a_page_may_send_the_headers_of_the_protocol_and_no_others() {
    for (wanted, allowed) in [
        ("content-type,mcp-protocol-version", "content-type, mcp-protocol-version"),
        ("Authorization, Accept, Mcp-Method, MCP-Name", "authorization, accept, mcp-method, mcp-name"),
        ("mcp-session-id, last-event-id, mcp-param-region", "mcp-session-id, last-event-id, mcp-param-region"),
        ("x-secret, content-type, cookie, mcp-other", "content-type"),
        ("not a name, x\u{e9}", ""),
    ] {
        let question =
            [("origin", PAGE), ("access-control-request-method", "POST"), ("access-control-request-headers", wanted)];
        let reply = send("OPTIONS", "/mcp", &question);
        assert_eq!(reply.headers["access-control-allow-headers"], allowed, "{wanted}");
    }
}

#[test]
fn an_answer_is_readable_by_the_page_that_asked_alone_whatever_the_answer_is() {
    for (what, headers, body, status) in [
        ("a result", &[][..], CALL, 200),
        ("an error of the message", &[], "{", 400),
        ("a notification", &[], r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#, 202),
        ("a body that is not JSON", &[("content-type", "text/plain")], CALL, 415),
        ("a body that is too large", &[("content-length", "2000")], CALL, 413),
    ] {
        for origin in [PAGE, "http://localhost:3000", "https://evil.com"] {
            let headers: Vec<_> = headers.iter().copied().chain([("origin", origin)]).collect();
            let reply = server().send(post(&headers, body));
            let foreign = origin == "https://evil.com";
            assert_eq!(reply.status, if foreign { 403 } else { status }, "{what} {origin}");
            assert_eq!(is_readable(&reply.headers, origin), !foreign, "{what} {origin}");
        }
        assert!(!is_readable(&server().send(post(headers, body)).headers, ""), "{what} without a page");
    }
}

#[test]
fn a_stream_and_a_refused_body_and_a_server_that_cannot_work_are_readable() {
    let provider = Scripted::new(|_, _| {
        let mut answer = leg(complete("done"))?;
        answer.events.push(progress(1.0));
        Ok(answer)
    });
    let mut request = modern("tools/call", r#""name":"say""#, r#","progressToken":1"#);
    request.headers_mut().insert("origin", "http://localhost".parse().expect("header"));
    let (head, _) = request.clone().into_parts();
    let reply = Server::of(provider).send(request);
    assert_eq!(reply.events().len(), 2);
    assert!(is_readable(&reply.headers, "http://localhost"));

    let Admission::Body(admitted) = futures_executor::block_on(server().0.admit(&head)) else { panic!("not admitted") };
    assert!(is_readable(admitted.refuse(BodyError::TooSlow).headers(), "http://localhost"));

    let unready = server::unready(&head, "a reason");
    assert!(is_readable(unready.headers(), "http://localhost"));
    let Body::Full(body) = unready.into_body() else { panic!("a stream") };
    assert!(String::from_utf8_lossy(&body).contains("a reason"));
}
