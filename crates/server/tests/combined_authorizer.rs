//! Tests of several authorizers as one, and of an authorizer that lasts for a request.

#![allow(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests fail loudly")]

mod scripted;

use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use catalog::Catalog;
use scripted::{Scripted, Server, modern, provider, server_under};
use server::{
    AccessRequest, AllOf, AllowAll, Authorizer, BoxFuture, ClientAddress, Decision, Limits, ListRequest, RequestHead,
    Verdict, Visibility,
};

/// Decides the same about everything.
#[derive(Clone)]
struct Fixed(Decision, Visibility);

impl Authorizer for Fixed {
    fn authorize<'a>(&'a self, _request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        Box::pin(std::future::ready(self.0.clone()))
    }
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        Box::pin(std::future::ready(self.1.clone()))
    }
}

fn fixed(decision: Decision) -> Arc<dyn Authorizer> {
    Arc::new(Fixed(decision, Visibility::All))
}

fn step_up(scopes: &[&str]) -> Decision {
    Decision::step_up(scopes.iter().map(|scope| (*scope).to_owned()).collect(), "more scopes")
}

fn catalog() -> Catalog<Scripted> {
    Catalog::pass_through(provider(true), None)
}

fn call(server: &Server) -> scripted::Reply {
    server.send(modern("tools/call", r#""name":"shown","arguments":{"region":"eu"}"#, ""))
}

#[test]
fn all_of_them_must_allow_and_all_scopes_come_in_one_challenge() {
    let forbid = Decision { verdict: Verdict::Forbid, ..Decision::deny("open") };
    let allow = || Decision::allow("yes");
    for (decisions, status, code, scopes) in [
        (vec![], 400, Some(-32020), None),
        (vec![allow(), allow()], 400, Some(-32020), None),
        (vec![allow(), Decision::deny("no")], 200, Some(-32602), None),
        (vec![allow(), forbid.clone()], 403, Some(-32600), None),
        (vec![step_up(&["a", "b"]), allow()], 403, None, Some("a b")),
        (vec![step_up(&["a", "b"]), step_up(&["b", "c"])], 403, None, Some("a b c")),
        (vec![step_up(&["a"]), Decision::deny("no")], 200, Some(-32602), None),
        (vec![step_up(&["a"]), forbid], 403, Some(-32600), None),
    ] {
        let what = format!("{decisions:?}");
        let server = server_under(catalog(), AllOf::new(decisions.into_iter().map(fixed).collect()));
        // What is allowed gets as far as the header that this tool asks for.
        let reply = call(&server);
        assert_eq!(reply.status, status, "{what}: {:?}", reply.chunks);
        if code.is_some() {
            assert_eq!(reply.code(), code, "{what}");
        }
        let challenge = reply.headers.get("www-authenticate").map(|value| value.to_str().expect("text"));
        let scopes = scopes.map(|scopes| format!("scope=\"{scopes}\""));
        assert_eq!(
            challenge.map(|text| scopes.as_ref().is_some_and(|scopes| text.contains(scopes))),
            scopes.as_ref().map(|_| true),
            "{what}: {challenge:?}"
        );
    }
}

#[test]
fn a_list_has_what_all_of_them_show() {
    let filtered = |shown: &[bool], ttl_ms| Visibility::Filtered { shown: shown.to_vec(), ttl_ms };
    for (shown, expected, ttl_ms) in [
        (vec![Visibility::All, filtered(&[true, false], 7)], vec!["shown"], 7),
        (vec![filtered(&[true, true], 5), filtered(&[false, true], 9)], vec!["secret"], 5),
        (vec![filtered(&[true, true], 5), filtered(&[true], 9)], vec!["shown"], 5),
        (vec![filtered(&[true, false], 5), filtered(&[false, true], 9)], vec![], 5),
    ] {
        let each = |shown| Arc::new(Fixed(Decision::allow("yes"), shown)) as Arc<dyn Authorizer>;
        let server = server_under(catalog(), AllOf::new(shown.into_iter().map(each).collect()));
        let result = &server.request("2026-07-28", "tools/list", "").json()["result"];
        let names: Vec<_> = result["tools"].as_array().expect("tools").iter().map(|tool| &tool["name"]).collect();
        assert_eq!(names, expected);
        assert_eq!((&result["cacheScope"], &result["ttlMs"]), (&"private".into(), &ttl_ms.into()));
    }
}

#[test]
fn limits_of_a_decision_hold_for_its_request() {
    for (limits, error) in [
        (Limits { time_ms: None, result_bytes: Some(10) }, "larger than the 10 bytes"),
        (Limits { time_ms: Some(3), result_bytes: None }, "took longer"),
        (Limits::default(), ""),
    ] {
        let mut provider = Scripted::everything();
        provider.takes_ms = vec![("describe", 5)];
        let clock = provider.clock.clone();
        let decision = Decision { limits, ..Decision::allow("within limits") };
        let engine = server::Engine::new(
            Catalog::pass_through(provider, None),
            scripted::config(&[]),
            scripted::ports_with(&clock),
        );
        let server = Server(Arc::new(engine.with_authorizer(AllOf::new(vec![fixed(decision), Arc::new(AllowAll)]))));
        let answer = server.call("shown", "{}", "").json();
        let message = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(message.contains(error) && message.is_empty() == error.is_empty(), "{limits:?}: {answer}");
    }
}

/// Records the heads of requests, and decides by an authorizer that it makes for each.
struct OfRequest(Arc<Mutex<Vec<String>>>);

impl Authorizer for OfRequest {
    fn begin(&self, head: &RequestHead<'_>) -> Option<Arc<dyn Authorizer>> {
        let header = head.headers.get("x-tenant").map(|value| value.to_str().expect("text"));
        let server = head.server().map(|server| server.name.clone());
        self.0.lock().expect("lock").push(format!("{} {:?} {header:?} {server:?}", head.path, head.address));
        Some(fixed(Decision::deny("by the request's own")))
    }
    fn authorize<'a>(&'a self, _request: &'a AccessRequest<'_>) -> BoxFuture<'a, Decision> {
        panic!("the request has an authorizer of its own")
    }
    fn filter<'a>(&'a self, _list: &'a ListRequest<'_>) -> BoxFuture<'a, Visibility> {
        panic!("the request has an authorizer of its own")
    }
}

#[test]
fn the_authorizer_of_a_request_is_made_of_its_head_and_decides_all_of_it() {
    let heads = Arc::default();
    let server =
        server_under(scripted::built(provider(true)), AllOf::new(vec![Arc::new(OfRequest(Arc::clone(&heads)))]));
    let mut request = modern("tools/call", r#""name":"shown","arguments":{"region":"eu"}"#, "");
    request.headers_mut().insert("x-tenant", "acme".parse().expect("a value"));
    request.extensions_mut().insert(ClientAddress(IpAddr::from([192, 0, 2, 1])));
    assert_eq!(server.send(request).code(), Some(-32602));
    let heads = heads.lock().expect("lock");
    assert_eq!(*heads, [r#"/mcp Some(192.0.2.1) Some("acme") Some("scripted")"#]);
}
