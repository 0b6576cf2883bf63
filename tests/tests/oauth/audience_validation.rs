//! The scenario `auth-token-audience-validation` of the conformance suite, which no release of the suite has yet: a server that is started before its
//! authorization server, and tokens that are for it and others. The tests have the names of the suite's checks.

use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use wasmcp_tests::{Reply, Request, Server, Shell, StandIn, free_address};

use crate::{challenge, protected, resource};

/// Where the suite has its authorization server, whose keys are at `/.well-known/jwks.json`.
const PORT: u16 = 9797;

/// Held by the test that has the port.
static TURN: Mutex<()> = Mutex::new(());

struct Suite {
    server: Server,
    issuer: StandIn,
    url: String,
    /// The last member, so that the port is free when the next test starts.
    _turn: MutexGuard<'static, ()>,
}

impl Suite {
    /// The suite asks without a token first and starts its authorization server then, so that the keys cannot be fetched at the start.
    fn start() -> Suite {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let addr = free_address().unwrap();
        // The server has tried to fetch the keys at its start, and tries again after this time.
        let setup = protected(&["calculator"], addr, &format!("http://127.0.0.1:{PORT}"));
        let setup = setup.set("auth", "keys-refetch-interval-s", "1");
        let server = Server::listening(Shell::Native, &setup).unwrap();
        assert_eq!(server.send(&probe()).unwrap().status, 401);
        let issuer = StandIn::start(&json!({
            "port": PORT,
            "keys_path": "/.well-known/jwks.json",
            "algorithm": "RS256",
            "kid": "mcp-conformance-mock-as",
            "key": { "use": "sig", "alg": "RS256" },
        }));
        server.ready().unwrap();
        Suite { server, issuer: issuer.unwrap(), url: resource(addr), _turn: turn }
    }

    /// Sends the suite's first request, `server/discover`, with a token with these claims.
    fn discover(&self, claims: &Value) -> Reply {
        let token = self.issuer.sign(&json!({ "typ": "at+jwt" }), &claims_of_suite(claims)).unwrap();
        self.server.send(&probe().bearer(&token)).unwrap()
    }
}

fn probe() -> Request {
    Request::of("2026-07-28", "server/discover", json!({}))
}

fn claims_of_suite(claims: &Value) -> Value {
    let mut all = json!({ "sub": "conformance-user", "client_id": "conformance-client" });
    all.as_object_mut().unwrap().extend(claims.as_object().unwrap().clone());
    all
}

/// Whether the answer is a 401 that says that the token is wrong, and where to get another.
fn is_refused(reply: &Reply) -> bool {
    reply.status == 401
        && challenge(reply, "error") == Some("invalid_token")
        && challenge(reply, "resource_metadata").is_some()
}

#[test]
fn auth_unauthenticated_request_rejected() {
    let suite = Suite::start();
    let reply = suite.server.send(&probe()).unwrap();
    assert_eq!(reply.status, 401, "{}", reply.text());
    assert_eq!(challenge(&reply, "error"), None, "{reply:?}");
    assert!(challenge(&reply, "resource_metadata").is_some(), "{reply:?}");
}

#[test]
fn auth_valid_audience_token_accepted() {
    let suite = Suite::start();
    let reply = suite.discover(&json!({ "aud": suite.url }));
    assert_eq!(reply.status, 200, "{reply:?}\n{}", suite.server.log());
}

#[test]
fn auth_wrong_audience_token_rejected() {
    let suite = Suite::start();
    let reply = suite.discover(&json!({ "aud": "https://another-resource.example.com/mcp" }));
    assert!(is_refused(&reply), "{reply:?}");
}

#[test]
fn auth_missing_audience_token_rejected() {
    let suite = Suite::start();
    let reply = suite.discover(&json!({}));
    assert!(is_refused(&reply), "{reply:?}");
}

#[test]
fn auth_expired_token_rejected() {
    let suite = Suite::start();
    let ten_minutes_ago = now_s() - 600;
    let reply = suite.discover(&json!({ "aud": suite.url, "exp": ten_minutes_ago, "iat": ten_minutes_ago - 300 }));
    assert!(is_refused(&reply), "{reply:?}");
}

#[test]
fn auth_untrusted_token_rejected() {
    let suite = Suite::start();
    let claims = claims_of_suite(&json!({ "aud": suite.url }));
    let token = suite.issuer.sign_as_stranger(&json!({ "typ": "at+jwt" }), &claims).unwrap();
    let reply = suite.server.send(&probe().bearer(&token)).unwrap();
    assert!(is_refused(&reply), "{reply:?}");
}

fn now_s() -> u64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs()
}
