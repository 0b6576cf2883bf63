//! Keys that change, and an issuer that is flooded, fails or is not there: what clients notice, and how often the keys were fetched.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use serde_json::json;
use wasmcp_tests::{OidcProvider, Request, Server, Shell, StandIn, free_address};

use crate::{add_with, is_sum, protected, resource};

const KEYS: &str = "/jwks";

#[test]
fn no_call_fails_while_the_issuer_changes_its_keys() {
    for algorithm in ["ES256", "RS256", "EdDSA"] {
        let oidc = OidcProvider::start(&json!({ "algorithm": algorithm })).unwrap();
        let addr = free_address().unwrap();
        let server = Server::start(Shell::Native, &protected(&["calculator"], addr, &oidc.issuer())).unwrap();
        let (answered, changed) = (AtomicUsize::new(0), AtomicBool::new(false));
        thread::scope(|scope| {
            let client = || {
                scope.spawn(|| {
                    let mut calls_since = 0;
                    while calls_since < 10 {
                        calls_since += usize::from(changed.load(Ordering::SeqCst));
                        let token = oidc.token("", &resource(addr)).unwrap();
                        let reply = server.send(&add_with(&token)).unwrap();
                        assert!(is_sum(&reply), "{algorithm}: {reply:?}\n{}", server.log());
                        answered.fetch_add(1, Ordering::SeqCst);
                    }
                })
            };
            let clients = [client(), client(), client(), client()];
            // A client that fails ends, and the test fails once all have.
            while answered.load(Ordering::SeqCst) < 20 && !clients.iter().all(|client| client.is_finished()) {
                thread::yield_now();
            }
            oidc.rotate(true).unwrap();
            changed.store(true, Ordering::SeqCst);
        });
        assert_eq!(oidc.requests(KEYS).unwrap(), 2, "{algorithm}: one fetch for each of two sets");
    }
}

#[test]
fn a_token_whose_key_was_withdrawn_counts_no_more_once_the_server_knows() {
    let oidc = OidcProvider::start(&json!({})).unwrap();
    let addr = free_address().unwrap();
    let server = Server::start(Shell::Native, &protected(&["calculator"], addr, &oidc.issuer())).unwrap();
    let old = oidc.token("", &resource(addr)).unwrap();
    assert!(is_sum(&server.send(&add_with(&old)).unwrap()));
    oidc.rotate(false).unwrap();
    // The server remembers that it has verified the token, until it learns of the new keys.
    assert!(is_sum(&server.send(&add_with(&old)).unwrap()));
    let new = oidc.token("", &resource(addr)).unwrap();
    assert!(is_sum(&server.send(&add_with(&new)).unwrap()));
    let reply = server.send(&add_with(&old)).unwrap();
    assert_eq!(reply.status, 401, "{reply:?}");
}

#[test]
fn a_flood_of_unknown_keys_makes_one_fetch() {
    let issuer = StandIn::start(&json!({ "algorithm": "ES256" })).unwrap();
    let addr = free_address().unwrap();
    // So long that a slow machine has no second interval.
    let setup = protected(&["calculator"], addr, &issuer.origin()).set("auth", "keys-refetch-interval-s", "3600");
    let server = Server::start(Shell::Native, &setup).unwrap();
    let claims = json!({ "aud": resource(addr), "sub": "ada", "client_id": "of a test" });
    let good = issuer.sign(&json!({}), &claims).unwrap();
    assert!(is_sum(&server.send(&add_with(&good)).unwrap()));
    assert_eq!(issuer.requests(KEYS).unwrap(), 1);
    thread::scope(|scope| {
        for client in 0..4 {
            let (issuer, server, claims, good) = (&issuer, &server, &claims, &good);
            scope.spawn(move || {
                for call in 0..25 {
                    let unknown = issuer.sign(&json!({ "kid": format!("{client}-{call}") }), claims).unwrap();
                    assert_eq!(server.send(&add_with(&unknown)).unwrap().status, 401);
                    assert!(is_sum(&server.send(&add_with(good)).unwrap()));
                }
            });
        }
    });
    assert_eq!(issuer.requests(KEYS).unwrap(), 2, "{}", server.log());
}

#[test]
fn good_keys_are_kept_while_the_issuer_fails() {
    let oidc = OidcProvider::start(&json!({})).unwrap();
    let addr = free_address().unwrap();
    let server = Server::start(Shell::Native, &protected(&["calculator"], addr, &oidc.issuer())).unwrap();
    let first = oidc.token("", &resource(addr)).unwrap();
    assert!(is_sum(&server.send(&add_with(&first)).unwrap()));
    oidc.fail(KEYS, true).unwrap();
    // Makes the server fetch, in vain.
    let stranger = StandIn::start(&json!({ "algorithm": "ES256" })).unwrap();
    let claims = json!({ "iss": oidc.issuer(), "aud": resource(addr), "sub": "ada", "client_id": "of a test" });
    let unknown = stranger.sign(&json!({}), &claims).unwrap();
    assert_eq!(server.send(&add_with(&unknown)).unwrap().status, 401);
    assert_eq!(oidc.requests(KEYS).unwrap(), 2);
    // Another token than the one that the server remembers.
    let second = oidc.token("", &resource(addr)).unwrap();
    assert!(is_sum(&server.send(&add_with(&second)).unwrap()), "{}", server.log());
}

#[test]
fn a_server_whose_issuer_is_not_there_is_up_closed_and_not_ready() {
    let (addr, issuer) = (free_address().unwrap(), free_address().unwrap());
    let setup =
        protected(&["calculator"], addr, &format!("http://{issuer}")).set("auth", "keys-refetch-interval-s", "1");
    let server = Server::listening(Shell::Native, &setup).unwrap();
    let status = |request: &Request| server.send(request).unwrap().status;
    assert_eq!(status(&Request::new("GET", "/healthz")), 200);
    assert_eq!(status(&Request::new("GET", "/readyz")), 503);
    assert_eq!(status(&Request::call("add", r#"{"a":2,"b":3}"#)), 401);

    let issuer = StandIn::start(&json!({ "port": issuer.port(), "algorithm": "ES256" })).unwrap();
    let token =
        issuer.sign(&json!({}), &json!({ "aud": resource(addr), "sub": "ada", "client_id": "of a test" })).unwrap();
    server.ready().unwrap();
    assert!(is_sum(&server.send(&add_with(&token)).unwrap()));
}
