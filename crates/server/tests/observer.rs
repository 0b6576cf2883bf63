//! Tests of the observer: it gets the facts of each request that metrics, traces and decision logs need.

#![allow(clippy::expect_used, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use catalog::Catalog;
use contract::model::{More, ToolOutcome};
use futures_util::StreamExt;
use scripted::{Scripted, Server, built, complete, config, leg, modern, ports, ports_with, post, progress};
use server::{
    AccessRequest, AuthError, Authenticator, Authorizer, Body, BoxFuture, Called, Caller, Decision, Ended, Engine,
    ListRequest, Observer, ProtectedResource, Started, Visibility,
};

/// Records every call of the engine.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    fn record(&self, event: String) {
        self.0.lock().expect("lock").push(event);
    }
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().expect("lock"))
    }
}

impl Observer for Recorder {
    fn started(&self, request: &Started<'_>) {
        let Started { method, context } = request;
        let client = context.client.as_ref().map(|client| &*client.name);
        self.record(format!("started {} {method} {} {client:?}", context.call_id, context.protocol_version));
    }
    fn decided(&self, request: &AccessRequest<'_>, decision: &Decision) {
        self.record(format!("decided {} {:?} {}", request.method, decision.verdict, decision.reason));
    }
    fn called(&self, call: &Called<'_>) {
        let error = call.error.map(|error| error.explanation());
        self.record(format!("called {} {:?} {} ms {error:?}", call.method, call.owner, call.duration_ms));
    }
    fn ended(&self, request: &Ended<'_>) {
        let Ended { call_id, status, error_code, duration_ms } = request;
        self.record(format!("ended {call_id} {status:?} {error_code:?} {duration_ms} ms"));
    }
}

/// Denies the tool `secret`.
struct NoSecret;

impl Authorizer for NoSecret {
    fn authorize<'a>(&'a self, request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        let secret = matches!(request.item, server::Item::Tool { name: "secret", .. });
        let decision = if secret { Decision::deny("rule 1") } else { Decision::allow("rule 2") };
        Box::pin(std::future::ready(decision))
    }
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(Visibility::All))
    }
}

fn server(provider: Scripted) -> (Server, Recorder) {
    let recorder = Recorder::default();
    let mut ports = ports_with(&provider.clock);
    ports.observer = Arc::new(recorder.clone());
    let engine = Engine::new(built(provider), config(&[]), ports);
    (Server(Arc::new(engine.with_authorizer(NoSecret))), recorder)
}

/// Two legs of 25 milliseconds each, with an event on the first.
fn two_legs() -> Scripted {
    let mut provider = Scripted::new(|_, call| match call.resumed {
        None => Ok(contract::model::ToolLeg {
            events: vec![progress(1.0)],
            outcome: ToolOutcome::More(More { saved: vec![], after_ms: 40 }),
        }),
        Some(_) => leg(complete("done")),
    });
    provider.takes_ms = vec![("call-tool", 25)];
    provider
}

const ID: &str = "0000000000000007";

#[test]
fn the_observer_sees_each_request_from_its_start_to_its_end() {
    let (server, recorder) = server(two_legs());
    let initialize = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{
        "protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"ada","version":"1"}}}"#;
    let elsewhere = http::Request::post("/other").header("host", "localhost").body(Bytes::new()).expect("request");
    let cases: [(http::Request<Bytes>, Vec<String>); 9] = [
        (
            modern("tools/call", r#""name":"say""#, ""),
            vec![
                format!("started {ID} tools/call 2026-07-28 None"),
                "decided tools/call Allow rule 2".into(),
                r#"called tools/call Some("one") 25 ms None"#.into(),
                r#"called tools/call Some("one") 25 ms None"#.into(),
                format!("ended {ID} Some(200) None 90 ms"),
            ],
        ),
        (
            modern("tools/call", r#""name":"say""#, r#","progressToken":1"#),
            vec![
                format!("started {ID} tools/call 2026-07-28 None"),
                "decided tools/call Allow rule 2".into(),
                r#"called tools/call Some("one") 25 ms None"#.into(),
                r#"called tools/call Some("one") 25 ms None"#.into(),
                format!("ended {ID} Some(200) None 90 ms"),
            ],
        ),
        (
            modern("tools/call", r#""name":"secret""#, ""),
            vec![
                format!("started {ID} tools/call 2026-07-28 None"),
                "decided tools/call Deny rule 1".into(),
                format!("ended {ID} Some(200) Some(-32602) 0 ms"),
            ],
        ),
        (
            modern("tools/list", "", ""),
            vec![
                format!("started {ID} tools/list 2026-07-28 None"),
                "decided tools/list Allow rule 2".into(),
                "called tools/list None 0 ms None".into(),
                format!("ended {ID} Some(200) None 0 ms"),
            ],
        ),
        (
            post(&[], initialize),
            vec![
                format!(r#"started {ID} initialize 2025-06-18 Some("ada")"#),
                "decided initialize Allow rule 2".into(),
                format!("ended {ID} Some(200) None 0 ms"),
            ],
        ),
        (post(&[("host", "evil.com")], ""), vec![format!("ended {ID} Some(403) Some(-32600) 0 ms")]),
        (elsewhere, vec![format!("ended {ID} Some(404) Some(-32600) 0 ms")]),
        (post(&[("content-type", "text/plain")], ""), vec![format!("ended {ID} Some(415) Some(-32600) 0 ms")]),
        (post(&[], "{"), vec![format!("ended {ID} Some(400) Some(-32700) 0 ms")]),
    ];
    for (request, expected) in cases {
        server.send(request);
        assert_eq!(recorder.take(), expected);
    }
}

#[test]
fn a_client_that_disconnects_ends_its_request_without_a_status() {
    let (server, recorder) = server(two_legs());
    let request = modern("tools/call", r#""name":"say""#, r#","progressToken":1"#);
    let response = futures_executor::block_on(server.response(request));
    let Body::Events(mut stream) = response.into_body() else { panic!("no stream") };
    assert!(futures_executor::block_on(stream.next()).is_some());
    drop(stream);
    assert_eq!(recorder.take().last().map(String::as_str), Some(&*format!("ended {ID} None None 25 ms")));
}

/// Refuses every caller.
struct Refuse;

impl Authenticator for Refuse {
    fn authenticate<'a>(
        &'a self,
        _head: &'a http::request::Parts,
    ) -> BoxFuture<'a, Result<Option<Arc<Caller>>, AuthError>> {
        Box::pin(std::future::ready(Err(AuthError::InvalidToken("expired".into()))))
    }

    fn protected_resource(&self) -> Option<ProtectedResource> {
        None
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

#[test]
fn a_refused_caller_ends_its_request_and_a_probe_is_not_observed() {
    let recorder = Recorder::default();
    let mut ports = ports();
    ports.observer = Arc::new(recorder.clone());
    let engine = Engine::new(Catalog::pass_through(two_legs(), None), config(&[]), ports).with_authenticator(Refuse);
    let server = Server(Arc::new(engine));
    server.send(post(&[], "{}"));
    assert_eq!(recorder.take(), [format!("ended {ID} Some(401) Some(-32600) 0 ms")]);
    let probe = http::Request::get("/healthz").header("host", "localhost").body(Bytes::new()).expect("request");
    assert_eq!(server.send(probe).status, 200);
    assert!(recorder.take().is_empty());
}
