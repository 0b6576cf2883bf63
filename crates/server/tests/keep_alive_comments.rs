//! Tests of calls that have nothing to say for long: their clients get a stream and comments, so that no proxy cuts the connection; and of
//! what calls get that a server which stops does not wait for.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;

use bytes::Bytes;
use catalog::Catalog;
use contract::model::{More, ToolLeg, ToolOutcome};
use futures_util::future::poll_fn;
use futures_util::{FutureExt, StreamExt};
use scripted::{Gated, Scripted, Server, StoppedClock, VERSIONS, complete, config, leg, modern, ports_with, post};
use server::{Admission, Body, Engine, Response};

const CALLS: [(&str, &str); 3] = [
    ("tools/call", r#""name":"slow""#),
    ("resources/read", r#""uri":"test:/slow""#),
    ("prompts/get", r#""name":"slow""#),
];

fn request(version: &str, method: &str, params: &str, accept: &str) -> http::Request<Bytes> {
    let mut request = match version {
        "2026-07-28" => modern(method, params, ""),
        _ => {
            let body = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"{method}","params":{{{params}}}}}"#);
            post(&[("mcp-protocol-version", version)], &body)
        }
    };
    request.headers_mut().insert("accept", accept.parse().expect("header"));
    request
}

/// Completes when the flag is set.
fn is_set(flag: &Arc<AtomicBool>) -> impl Future<Output = ()> + Send + 'static {
    let flag = Arc::clone(flag);
    poll_fn(move |task| match flag.load(Ordering::Relaxed) {
        true => Poll::Ready(()),
        false => {
            task.waker().wake_by_ref();
            Poll::Pending
        }
    })
}

fn json(response: Response) -> serde_json::Value {
    let Body::Full(body) = response.into_body() else { panic!("a stream") };
    serde_json::from_slice(&body).expect("JSON")
}

#[test]
fn a_call_that_says_nothing_gets_a_stream_after_five_seconds_and_a_comment_every_fifteen() {
    for version in VERSIONS {
        for (method, params) in CALLS {
            let (clock, provider) = (StoppedClock::held(), Gated::default());
            let gate = Arc::clone(&provider.gate);
            let server =
                Server(Arc::new(Engine::new(Catalog::pass_through(provider, None), config(&[]), ports_with(&clock))));
            let mut response =
                Box::pin(server.response(request(version, method, params, "application/json, text/event-stream")));
            for passed_ms in [4_999, 1] {
                assert!(response.as_mut().now_or_never().is_none(), "{version} {method}");
                clock.advance(passed_ms);
            }
            let response = response.as_mut().now_or_never().expect("a stream");
            assert_eq!(response.headers()["content-type"], "text/event-stream", "{version} {method}");
            let Body::Events(mut stream) = response.into_body() else { panic!("{version} {method}: no stream") };
            for _ in 0..3 {
                assert_eq!(
                    stream.next().now_or_never().flatten().as_deref(),
                    Some(&b":\n\n"[..]),
                    "{version} {method}"
                );
                assert!(stream.next().now_or_never().is_none(), "{version} {method}");
                clock.advance(14_999);
                assert!(stream.next().now_or_never().is_none(), "{version} {method}");
                clock.advance(1);
            }
            gate.store(true, Ordering::Relaxed);
            let rest: Vec<_> = stream.collect().now_or_never().expect("the end");
            let last = String::from_utf8(rest.concat()).expect("text");
            assert!(last.starts_with("event: message\ndata: ") || last.starts_with("data: "), "{last}");
            assert!(last.contains("done"), "{version} {method}: {last}");
        }
    }
}

#[test]
fn a_client_that_accepts_no_events_gets_json_however_long_the_call_takes() {
    for version in VERSIONS {
        let (clock, provider) = (StoppedClock::held(), Gated::default());
        let gate = Arc::clone(&provider.gate);
        let server =
            Server(Arc::new(Engine::new(Catalog::pass_through(provider, None), config(&[]), ports_with(&clock))));
        let mut response = Box::pin(server.response(request(version, CALLS[0].0, CALLS[0].1, "application/json")));
        assert!(response.as_mut().now_or_never().is_none(), "{version}");
        clock.advance(100_000);
        assert!(response.as_mut().now_or_never().is_none(), "{version}");
        gate.store(true, Ordering::Relaxed);
        let result = json(response.as_mut().now_or_never().expect("the end"));
        assert_eq!(result["result"]["content"][0]["text"], "done", "{version}");
    }
}

/// In a composed file a leg returns when it is done, so that a comment can only come between two legs.
#[test]
fn between_legs_a_comment_is_sent_that_became_due_while_a_leg_ran() {
    for (leg_ms, comments) in [(1_600, 0), (6_000, 1), (20_000, 3)] {
        let clock = StoppedClock::held();
        let passing = clock.clone();
        let provider = Scripted::new(move |_, call| {
            passing.advance(leg_ms);
            let legs = call.resumed.as_ref().and_then(|resumed| resumed.saved.as_ref()).map_or(0, |saved| saved.len());
            match legs {
                3 => leg(complete("done")),
                _ => Ok(ToolLeg {
                    events: vec![],
                    outcome: ToolOutcome::More(More { saved: vec![0; legs + 1], after_ms: 0 }),
                }),
            }
        });
        let server =
            Server(Arc::new(Engine::new(Catalog::pass_through(provider, None), config(&[]), ports_with(&clock))));
        let reply = server.send(request("2025-11-25", "tools/call", r#""name":"say""#, "*/*"));
        let text = reply.chunks.concat();
        assert_eq!((reply.status, text.matches(":\n\n").count()), (200, comments), "{leg_ms}: {text}");
        assert!(text.contains("done"), "{leg_ms}: {text}");
    }
}

#[test]
fn a_call_that_a_server_which_stops_does_not_wait_for_ends_with_an_error_that_says_that_it_may_have_run() {
    for version in VERSIONS {
        for (method, params) in CALLS.into_iter().chain([("prompts/list", "")]) {
            let clock = StoppedClock::held();
            let stop = Arc::new(AtomicBool::new(false));
            let stopped = is_set(&stop);
            let engine = Engine::new(Catalog::pass_through(Gated::default(), None), config(&[]), ports_with(&clock));
            let server = Server(Arc::new(engine.with_end_of_calls(stopped)));
            let ask = || Box::pin(server.response(request(version, method, params, "*/*")));
            let mut early = ask();
            assert!(early.as_mut().now_or_never().is_none(), "{version} {method}");
            clock.advance(5_000);
            let stream = early.as_mut().now_or_never();
            assert_eq!(stream.is_some(), method != "prompts/list", "{version} {method}");
            let mut waiting = ask();
            assert!(waiting.as_mut().now_or_never().is_none(), "{version} {method}");

            stop.store(true, Ordering::Relaxed);
            let said = json(waiting.as_mut().now_or_never().expect("an answer"));
            assert_eq!(
                (&said["id"], &said["error"]["code"]),
                (&1.into(), &(-32603).into()),
                "{version} {method}: {said}"
            );
            assert!(said["error"]["message"].as_str().expect("text").contains("it may have run"), "{said}");
            if let Some(Body::Events(stream)) = stream.map(Response::into_body) {
                let rest: Vec<_> = stream.collect().now_or_never().expect("the end");
                let text = String::from_utf8(rest.concat()).expect("text");
                assert!(text.contains("it may have run") && text.contains(r#""id":1"#), "{version} {method}: {text}");
            }
        }
    }
}

#[test]
fn a_call_whose_client_has_closed_its_side_ends_with_an_error_when_it_is_given_up() {
    for version in VERSIONS {
        for (method, params) in CALLS {
            let engine = Engine::new(
                Catalog::pass_through(Gated::default(), None),
                config(&[]),
                ports_with(&StoppedClock::held()),
            );
            let engine = Arc::new(engine);
            let (head, body) = request(version, method, params, "*/*").into_parts();
            let Some(Admission::Body(admitted)) = engine.admit(&head).now_or_never() else {
                panic!("{version} {method}")
            };
            let give_up = Arc::new(AtomicBool::new(false));
            let mut answer = pin!(engine.answer_until(admitted, &head.headers, body, is_set(&give_up)));
            assert!(answer.as_mut().now_or_never().is_none(), "{version} {method}");
            give_up.store(true, Ordering::Relaxed);
            let said = json(answer.now_or_never().expect("an answer"));
            assert_eq!(
                (&said["id"], &said["error"]["code"]),
                (&1.into(), &(-32603).into()),
                "{version} {method}: {said}"
            );
            assert!(said["error"]["message"].as_str().expect("text").contains("it may have run"), "{said}");
        }
    }
}
