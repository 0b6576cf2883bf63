//! Who calls is found out first, reaches provider and policy, and nobody is served who is refused.

#![allow(clippy::expect_used, reason = "tests fail loudly")]

mod scripted;

use std::sync::Arc;

use contract::model::Principal;
use http::StatusCode;
use http::request::Parts;
use scripted::{Scripted, Spoken, Stopped, complete, leg, post};
use server::{Config, Engine, Identified, Identity, Refusal};

/// Knows one name, which stands in a header of its own.
struct Known;

impl Identity for Known {
    fn identify<'a>(&'a self, head: &'a Parts) -> Identified<'a> {
        let known = head.headers.get("x-test-name").is_some_and(|name| name == "ada");
        let challenge = Some(r#"Bearer scope="tools""#.to_owned());
        Box::pin(std::future::ready(match known {
            true => Ok(Some(Principal {
                issuer: "https://issuer.example".to_owned(),
                subject: "ada".to_owned(),
                client_id: None,
                scopes: vec![],
                claims: "{}".to_owned(),
            })),
            false => Err(Refusal { status: StatusCode::UNAUTHORIZED, challenge, message: "who are you?".to_owned() }),
        }))
    }
}

fn spoken() -> Spoken {
    let provider =
        Scripted::new(|ctx, _| leg(complete(ctx.principal.as_ref().map_or("nobody", |known| &known.subject))));
    Spoken(Arc::new(Engine::new(provider, Config::default(), Stopped::default()).with_identity(Known)))
}

const CALL: &str = r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"say"}}"#;

#[test]
fn a_caller_that_is_known_reaches_the_provider_by_name() {
    let answered = spoken().send(post(&[("x-test-name", "ada")], CALL));
    assert_eq!(answered.json()["result"]["content"][0]["text"], "ada");
}

#[test]
fn a_caller_that_is_refused_is_challenged_before_anything_else_is_said() {
    for (headers, body) in [(&[][..], CALL), (&[("content-type", "text/plain")][..], "nonsense")] {
        let answered = spoken().send(post(headers, body));
        assert_eq!(
            (answered.status, &answered.headers["www-authenticate"]),
            (401, &"Bearer scope=\"tools\"".parse().expect("header"))
        );
    }
    let get = http::Request::get("/mcp").header("host", "localhost").body(bytes::Bytes::new());
    assert_eq!(spoken().send(get.expect("request")).status, 401);
    let health = http::Request::get("/healthz").header("host", "localhost").body(bytes::Bytes::new());
    assert_eq!(spoken().send(health.expect("request")).status, 200);
}
