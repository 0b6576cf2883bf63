//! Tests of authentication: it comes first, its principal reaches provider and policy, and a refused caller is not served.

#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod scripted;

use contract::model::Principal;
use http::request::Parts;
use scripted::{Scripted, Server, complete, leg, post};
use server::{AuthError, Authenticator, BoxFuture};

/// Verifies one name, which is in a header of its own.
struct OneName;

impl Authenticator for OneName {
    fn authenticate<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Result<Option<Principal>, AuthError>> {
        let is_known = head.headers.get("x-test-name").is_some_and(|name| name == "ada");
        Box::pin(std::future::ready(match is_known {
            true => Ok(Some(Principal {
                issuer: "https://issuer.example".to_owned(),
                subject: "ada".to_owned(),
                client_id: None,
                scopes: vec![],
                claims: "{}".to_owned(),
            })),
            false => Err(AuthError::MissingToken { scopes: vec!["tools".to_owned()] }),
        }))
    }
}

fn server() -> Server {
    let provider = Scripted::new(|ctx, _| {
        leg(complete(ctx.principal.as_ref().map_or("anonymous", |principal| &principal.subject)))
    });
    Server::with(provider, |engine| engine.with_authenticator(OneName))
}

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say"}}"#;

#[test]
fn the_principal_of_a_verified_caller_reaches_the_provider() {
    let reply = server().send(post(&[("x-test-name", "ada")], CALL));
    assert_eq!(reply.json()["result"]["content"][0]["text"], "ada");
}

#[test]
fn a_refused_caller_is_challenged_before_any_other_error() {
    for (headers, body) in [(&[][..], CALL), (&[("content-type", "text/plain")][..], "nonsense")] {
        let reply = server().send(post(headers, body));
        assert_eq!(
            (reply.status, &reply.headers["www-authenticate"]),
            (401, &"Bearer scope=\"tools\"".parse().expect("header"))
        );
    }
    let get = http::Request::get("/mcp").header("host", "localhost").body(bytes::Bytes::new());
    assert_eq!(server().send(get.expect("request")).status, 401);
    let health = http::Request::get("/healthz").header("host", "localhost").body(bytes::Bytes::new());
    assert_eq!(server().send(health.expect("request")).status, 200);
}
