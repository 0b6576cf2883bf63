//! Tokens, and what is asked about them. The neighbour has a token of its own.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use test_tokens::Issuer;
use wasmcp_tests::{Request, Server, Setup};

use super::answering::{Answering, json_response};
use super::{PROVIDERS, Walk, beside_sum, check_sum, refused, start, sum};

/// An issuer, whose clock is that of this machine.
pub(super) fn issuer() -> Issuer {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    Issuer { now_s, ..Issuer::example() }
}

/// A server that has the keys of an issuer.
fn setup(issuer: &Issuer) -> Setup {
    Setup::of(&PROVIDERS).tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks())
}

/// A hostile call with this token.
pub(super) fn call(token: &str) -> Request {
    Request::call("remember", "{}").bearer(token)
}

/// Checks that a token gets 401, with a challenge that says this.
fn is_refused(server: &Server, issuer: &Issuer, token: &str, said: &str) {
    let sum = sum().bearer(&issuer.token().signed());
    let reply = beside_sum(server, &sum, said, || server.send(&call(token)).unwrap());
    let challenge = reply.header("www-authenticate").unwrap_or_default();
    assert!(reply.status == 401 && challenge.contains(said), "{said}: {} {challenge}", reply.status);
}

/// The second one is longer than the head of a request may be.
pub(crate) fn token(_: &Walk) {
    let issuer = issuer();
    let server = start(&setup(&issuer));
    is_refused(&server, &issuer, &"a".repeat((16 << 10) + 1), "it is longer than 16384 bytes");
    let sum = sum().bearer(&issuer.token().signed());
    let huge = call(&"a".repeat(64 << 10));
    let reply = beside_sum(&server, &sum, "a token without end", || server.send(&huge).unwrap());
    assert_eq!(reply.status, 431);
}

pub(crate) fn names(_: &Walk) {
    let issuer = issuer();
    let server = start(&setup(&issuer));
    for claim in ["sub", "client_id"] {
        let token = |bytes: usize| issuer.token().claim(claim, "a".repeat(bytes)).signed();
        is_refused(&server, &issuer, &token(256), &format!("its claim `{claim}` has a value that it cannot have"));
        assert_eq!(server.send(&call(&token(255))).unwrap().status, 200, "{claim}");
    }
}

pub(crate) fn values(_: &Walk) {
    let issuer = issuer();
    let values: Vec<_> = (0..1001).map(|number| format!("v{number}")).collect();
    let server = start(&setup(&issuer));
    for claim in ["scope", "roles", "groups"] {
        let token = issuer.token().claim(claim, values.clone()).signed();
        is_refused(&server, &issuer, &token, &format!("its claim `{claim}` has more than 1000 values"));
    }
}

pub(crate) fn scope_rules(_: &Walk) {
    let issuer = issuer();
    let rules = |count: usize| setup(&issuer).set("auth", "scope-rules", &"tool:a=b;".repeat(count));
    check_sum(&start(&rules(256)), &sum().bearer(&issuer.token().signed()), "the most of rules");
    refused(&rules(257), "`auth.scope-rules`");
}

/// A server that asks an endpoint, which answers so, about tokens that are no JWTs. That of the neighbour is one.
fn introspecting(
    issuer: &Issuer,
    timeout_ms: &str,
    answer: impl Fn(&str, &mut TcpStream) -> io::Result<()> + Send + Sync + 'static,
) -> Setup {
    let endpoint = Answering::start(answer);
    setup(issuer)
        .set("auth", "introspection-endpoint", &endpoint.url("/introspect"))
        .set("auth", "introspection-client-id", "wasmcp")
        .set("auth", "introspection-client-secret", "secret")
        .set("auth", "fetch-timeout-ms", timeout_ms)
        .set("auth", "loopback-http", "true")
}

/// What an endpoint says of a token that counts.
fn active(issuer: &Issuer) -> Value {
    json!({ "active": true, "sub": "ada", "aud": issuer.audience, "client_id": "c", "scope": "" })
}

pub(crate) fn claims(_: &Walk) {
    let issuer = issuer();
    let mut claims = active(&issuer);
    let small = json_response(&claims.to_string());
    claims["more"] = "x".repeat(64 << 10).into();
    let large = json_response(&claims.to_string());
    let setup = introspecting(&issuer, "5000", move |body, stream| {
        stream.write_all(if body.contains("token=large") { &large } else { &small })
    });
    let server = start(&setup);
    is_refused(&server, &issuer, "large", "its claims are longer than 65536 bytes");
    assert_eq!(server.send(&call("small")).unwrap().status, 200);
}

/// The same with an endpoint that says this of every token, and how often it was asked.
fn counting(issuer: &Issuer, said: &Value) -> (Setup, Arc<AtomicUsize>) {
    let questions = Arc::new(AtomicUsize::new(0));
    let (asked, said) = (Arc::clone(&questions), json_response(&said.to_string()));
    let setup = introspecting(issuer, "5000", move |_, stream| {
        asked.fetch_add(1, Ordering::SeqCst);
        stream.write_all(&said)
    });
    (setup, questions)
}

/// There is room for two tokens: one of them is not asked about again, and the first of three is.
pub(crate) fn remembered(_: &Walk) {
    let issuer = issuer();
    let (setup, questions) = counting(&issuer, &active(&issuer));
    let server = start(&setup.set("auth", "cached-tokens", "2"));
    let sum = sum().bearer(&issuer.token().signed());
    beside_sum(&server, &sum, "tokens that take turns", || {
        for token in ["first", "first", "second", "third", "first"] {
            assert_eq!(server.send(&call(token)).unwrap().status, 200, "{token}");
        }
    });
    assert_eq!(questions.load(Ordering::SeqCst), 4);
}

/// Waits until the client has closed the connection.
fn hold(stream: &mut TcpStream) -> io::Result<()> {
    stream.read(&mut [0]).map(drop)
}

pub(crate) fn questions(_: &Walk) {
    let issuer = issuer();
    let (asked, questions) = channel();
    let (answer, answers) = channel::<()>();
    let (answers, inactive) = (Mutex::new(answers), json_response(r#"{"active":false}"#));
    let setup = introspecting(&issuer, "60000", move |_, stream| {
        // The test may have ended.
        let _ = asked.send(());
        let _ = answers.lock().unwrap().recv();
        stream.write_all(&inactive)
    });
    let server = start(&setup);
    let asks = |at: usize| questions.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("question {at}"));
    let _waiting: Vec<_> = (0..32).map(|at| call(&format!("held-{at}")).begin(server.addr).unwrap()).collect();
    (0..32).for_each(asks);
    let reply = thread::scope(|scope| {
        let one_more = scope.spawn(|| server.send(&call("one-more")).unwrap());
        check_sum(&server, &sum().bearer(&issuer.token().signed()), "questions that wait");
        assert!(questions.try_recv().is_err(), "no more than 32 questions are asked");
        answer.send(()).unwrap();
        asks(32);
        (0..33).for_each(|_| answer.send(()).unwrap());
        one_more.join().unwrap()
    });
    assert_eq!(reply.status, 401, "{}", reply.text());
}

pub(crate) fn time_of_answer(_: &Walk) {
    let issuer = issuer();
    let server = start(&introspecting(&issuer, "300", |_, stream| hold(stream)));
    is_unavailable(&server, &issuer, "silent", "the server did not respond in time");
}

/// Checks that a token gets 503, and that the log says why.
fn is_unavailable(server: &Server, issuer: &Issuer, token: &str, said: &str) {
    let sum = sum().bearer(&issuer.token().signed());
    let reply = beside_sum(server, &sum, said, || server.send(&call(token)).unwrap());
    assert_eq!((reply.status, reply.header("retry-after").is_some()), (503, true), "{said}: {}", reply.text());
    server.wait_for_log(said).unwrap();
}
