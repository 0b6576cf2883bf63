//! Tests of authentication: it comes first, its principal reaches provider and policy, and a refused caller is not served.

#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod scripted;

use std::sync::Arc;

use contract::model::Principal;
use http::request::Parts;
use scripted::{Scripted, Server, complete, leg, post};
use server::{AuthError, Authenticator, BoxFuture, Caller, Derived, ProtectedResource};

/// Verifies one name, which is in a header of its own.
struct OneName;

impl Authenticator for OneName {
    fn authenticate<'a>(&'a self, head: &'a Parts) -> BoxFuture<'a, Result<Option<Arc<Caller>>, AuthError>> {
        let is_known = head.headers.get("x-test-name").is_some_and(|name| name == "ada");
        Box::pin(std::future::ready(match is_known {
            true => Ok(Some(Arc::new(ada()))),
            false => Err(AuthError::MissingToken),
        }))
    }

    fn protected_resource(&self) -> Option<ProtectedResource> {
        Some(ProtectedResource {
            metadata_url: "https://mcp.example/.well-known/oauth-protected-resource/tools/mcp".to_owned(),
            path: "/tools/mcp".to_owned(),
            metadata: r#"{"resource":"https://mcp.example/tools/mcp"}"#.into(),
            scopes: vec!["tools".to_owned()],
        })
    }

    fn ready(&self) -> BoxFuture<'_, Result<(), String>> {
        Box::pin(std::future::ready(Err("the keys of `https://issuer.example` cannot be had".to_owned())))
    }
}

fn ada() -> Caller {
    let principal = Principal {
        issuer: "https://issuer.example".to_owned(),
        subject: "ada".to_owned(),
        client_id: None,
        scopes: vec![],
        claims: "{}".to_owned(),
    };
    Caller { principal, roles: vec![], groups: vec![], derived: Derived::default() }
}

fn server() -> Server {
    let provider = Scripted::new(|ctx, _| {
        leg(complete(ctx.principal.as_ref().map_or("anonymous", |principal| &principal.subject)))
    });
    Server::with(provider, |engine| engine.with_authenticator(OneName))
}

const CHALLENGE: &str =
    r#"Bearer scope="tools", resource_metadata="https://mcp.example/.well-known/oauth-protected-resource/tools/mcp""#;
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
        assert_eq!((reply.status, &reply.headers["www-authenticate"]), (401, &CHALLENGE.parse().expect("header")));
    }
    assert_eq!(server().send(get("/mcp")).status, 401);
    assert_eq!(server().send(get("/healthz")).status, 200);
}

fn get(path: &str) -> http::Request<bytes::Bytes> {
    http::Request::get(path).header("host", "localhost").body(bytes::Bytes::new()).expect("request")
}

#[test]
fn the_metadata_of_the_resource_is_for_every_caller_at_each_of_its_paths_and_at_no_other() {
    let well_known = "/.well-known/oauth-protected-resource";
    for (path, is_there) in
        [("", true), ("/", true), ("/mcp", true), ("/tools/mcp", true), ("/other", false), ("x", false)]
    {
        let reply = server().send(get(&format!("{well_known}{path}")));
        assert_eq!(reply.status, if is_there { 200 } else { 404 }, "{path}");
        if is_there {
            assert_eq!(reply.json()["resource"], "https://mcp.example/tools/mcp");
        }
    }
    let open = Server::of(Scripted::new(|_, _| leg(complete("anonymous"))));
    assert_eq!(
        open.send(get(well_known)).status,
        404,
        "a server that asks for no authorization is no protected resource"
    );
}

#[test]
fn a_server_that_cannot_verify_callers_is_not_ready_and_says_why() {
    let reply = server().send(get("/readyz"));
    assert_eq!(reply.status, 503);
    let message = reply.json()["error"]["message"].as_str().expect("message").to_owned();
    assert!(message.ends_with("the keys of `https://issuer.example` cannot be had"), "{message}");
}
