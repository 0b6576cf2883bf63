//! Tests of opaque tokens: what is asked, which answers count, and that no token is in an error.

use serde_json::{Value, json};
use server::{Authenticator as _, FetchError};

use auth::{
    AuthConfig, DocumentError, Introspection, IntrospectionConfig, IntrospectionError, KeyStorage, MAX_CLAIMS,
    TokenAuthenticator, TokenError,
};

use crate::keys::{ISSUER, RESOURCE, rules};
use crate::ports::{Callers, Reply, World, now};

const ENDPOINT: &str = "https://issuer.example/introspect";
const NOW_S: u64 = 1_800_000_000;
const TOKEN: &str = "opaque canary+/=&token";

fn config() -> IntrospectionConfig {
    IntrospectionConfig {
        endpoint: ENDPOINT.to_owned(),
        client_id: "mcp server".to_owned(),
        client_secret: "s:e&c+ret%".to_owned(),
        cache_s: 30,
        timeout_ms: 2000,
        loopback_http: false,
    }
}

fn ask(reply: Reply) -> (World, Result<auth::VerifiedClaims, IntrospectionError>) {
    let world = World::new();
    world.answers(ENDPOINT, reply);
    let introspection = Introspection::new(&config(), &world.ports()).unwrap();
    let outcome = now(introspection.introspect(TOKEN, &rules(), NOW_S));
    (world, outcome)
}

fn active(change: impl FnOnce(&mut Value)) -> Reply {
    let mut answer = json!({
        "active": true, "sub": "ada", "aud": [RESOURCE], "iss": ISSUER, "scope": "read write", "client_id": "c", "exp": NOW_S + 300,
    });
    change(&mut answer);
    Reply::json(answer.to_string())
}

#[test]
fn the_request_is_a_form_with_the_credentials_of_this_server() {
    let (world, outcome) = ask(active(|_| {}));
    outcome.unwrap();
    let sent = world.requests().remove(0);
    assert_eq!((sent.method.as_str(), sent.url.as_str(), sent.limits.timeout_ms), ("POST", ENDPOINT, 2000));
    assert_eq!(sent.headers["content-type"], "application/x-www-form-urlencoded");
    assert_eq!(sent.headers["accept"], "application/json");
    // "mcp+server:s%3Ae%26c%2Bret%25": each part is encoded as in a form first (RFC 6749 §2.3.1).
    assert_eq!(sent.headers["authorization"], "Basic bWNwK3NlcnZlcjpzJTNBZSUyNmMlMkJyZXQlMjU=");
    assert!(sent.headers["authorization"].is_sensitive());
    assert_eq!(sent.body, "token=opaque+canary%2B%2F%3D%26token&token_type_hint=access_token");
}

#[test]
fn no_more_than_thirty_two_tokens_are_asked_about_at_once() {
    let world = World::new();
    world.answers(ENDPOINT, active(|_| {}));
    world.close_gate();
    let introspection = Introspection::new(&config(), &world.ports()).unwrap();
    let rules = rules();
    let mut callers = Callers::new((0..40).map(|_| introspection.introspect(TOKEN, &rules, NOW_S)));
    assert_eq!((callers.poll().len(), world.requests().len()), (0, 32), "the others wait");
    // Whether the endpoint answers is asked beside them.
    let mut probes = Callers::new((0..40).map(|_| introspection.ready(&rules, NOW_S)));
    assert_eq!((probes.poll().len(), world.requests().len()), (0, 33));
    world.open_gate();
    assert_eq!(callers.poll().iter().filter(|outcome| outcome.is_ok()).count(), 32);
    world.pass_ms(100);
    assert_eq!(callers.poll().iter().filter(|outcome| outcome.is_ok()).count(), 8);
    assert_eq!(world.requests().len(), 41);
    assert_eq!(probes.poll(), vec![Ok(()); 40]);
    assert_eq!(world.requests().len(), 41, "all probes have one answer");
}

#[test]
fn a_question_that_could_not_be_asked_in_its_time_is_given_up() {
    let world = World::new();
    world.answers(ENDPOINT, active(|_| {}));
    world.close_gate();
    let introspection = Introspection::new(&config(), &world.ports()).unwrap();
    let rules = rules();
    let mut callers = Callers::new((0..40).map(|_| introspection.introspect(TOKEN, &rules, NOW_S)));
    assert_eq!(callers.poll().len(), 0);
    for _ in 0..20 {
        world.pass_ms(100);
        let refused = callers.poll();
        assert!(
            refused.iter().all(|outcome| matches!(outcome, Err(IntrospectionError::TooMany { .. }))),
            "{refused:?}"
        );
    }
    assert_eq!((callers.waiting(), world.requests().len()), (32, 32));
}

#[test]
fn whether_an_endpoint_answers_counts_for_a_second() {
    let world = World::new();
    let introspection = Introspection::new(&config(), &world.ports()).unwrap();
    let rules = rules();
    for (reply, passed_ms, is_ready, requests) in [
        (Reply::json("[]"), 0, false, 1),
        (active(|_| {}), 999, false, 1),
        (active(|_| {}), 1, true, 2),
        (Reply::json("[]"), 999, true, 2),
        (Reply::json("[]"), 1, false, 3),
        (Reply::json(r#"{"active":false}"#), 1000, true, 4),
    ] {
        world.answers(ENDPOINT, reply);
        world.pass_ms(passed_ms);
        assert_eq!(now(introspection.ready(&rules, NOW_S)).is_ok(), is_ready, "{requests}");
        assert_eq!(world.requests().len(), requests);
    }
}

#[test]
fn an_active_token_is_the_caller_that_the_issuer_names() {
    let (world, outcome) = ask(active(|_| {}));
    let verified = outcome.unwrap();
    let principal = verified.caller.principal;
    assert_eq!((principal.issuer.as_str(), principal.subject.as_str()), (ISSUER, "ada"));
    assert_eq!(
        (principal.client_id.as_deref(), principal.scopes),
        (Some("c"), vec!["read".to_owned(), "write".to_owned()])
    );
    assert_eq!(verified.expires_s, NOW_S + 30, "the answer counts for 30 s");
    assert_eq!(world.requests().len(), 1);
}

#[test]
fn an_answer_counts_no_longer_than_the_token() {
    let cases = [
        (json!(NOW_S + 5), Ok(NOW_S + 5)),
        (json!(NOW_S + 3000), Ok(NOW_S + 30)),
        (Value::Null, Ok(NOW_S + 30)),
        (json!(NOW_S), Err(TokenError::Expired)),
        (json!("soon"), Err(TokenError::BadClaim("exp".to_owned()))),
    ];
    for (exp, expected) in cases {
        let (_, outcome) = ask(active(|answer| answer["exp"] = exp.clone()));
        assert_eq!(outcome.map(|verified| verified.expires_s), expected.map_err(IntrospectionError::Token), "{exp}");
    }
    let (_, outcome) = ask(active(|answer| {
        answer.as_object_mut().unwrap().remove("exp");
    }));
    let verified = outcome.unwrap();
    assert_eq!(verified.expires_s, NOW_S + 30);
    assert!(!verified.caller.principal.claims.contains("exp"), "providers get what the issuer has said");
}

#[test]
fn a_token_that_is_not_active_or_breaks_a_rule_is_refused() {
    let token = IntrospectionError::Token;
    let cases = [
        (Reply::json(r#"{"active":false}"#), IntrospectionError::Inactive),
        (active(|answer| answer["active"] = json!(false)), IntrospectionError::Inactive),
        (active(|answer| answer["aud"] = json!("https://other.example")), token(TokenError::Audience)),
        (active(|answer| answer["aud"] = Value::Null), token(TokenError::NoAudience)),
        (active(|answer| answer["iss"] = json!("https://evil.example")), token(TokenError::UntrustedIssuer)),
        (active(|answer| answer["sub"] = Value::Null), token(TokenError::NoSubject)),
        (active(|answer| answer["nbf"] = json!(NOW_S + 10)), token(TokenError::NotYetValid)),
        (active(|answer| answer["cnf"] = json!({"jkt": "x"})), token(TokenError::KeyBound)),
        (
            active(|answer| answer["padding"] = json!("x".repeat(MAX_CLAIMS))),
            token(TokenError::ClaimsTooLarge { limit: MAX_CLAIMS }),
        ),
    ];
    for (reply, expected) in cases {
        let (_, outcome) = ask(reply);
        let error = outcome.unwrap_err();
        assert_eq!(error, expected);
        assert!(error.refuses_token(), "{error}");
    }
    let (_, outcome) = ask(active(|answer| answer["iss"] = Value::Null));
    assert_eq!(outcome.unwrap().caller.principal.issuer, ISSUER, "the issuer that was asked");
}

#[test]
fn without_an_answer_nothing_is_known_of_the_token() {
    let url = || ENDPOINT.to_owned();
    let json_type = ("content-type", "application/json");
    let page = Reply::of(200, &[("content-type", "text/html")], "<p>log in");
    let not_answer = IntrospectionError::NotAnswer { url: url() };
    let credentials = IntrospectionError::Credentials { url: url() };
    let status = |status| IntrospectionError::Unavailable(DocumentError::Status { url: url(), status });
    let fetch = |error| IntrospectionError::Unavailable(DocumentError::Fetch { url: url(), error });
    let redirected = IntrospectionError::Unavailable(DocumentError::Status { url: url(), status: 302 });
    let cases = [
        (Reply::of(500, &[json_type], r#"{"active":true}"#), status(500)),
        (Reply::of(503, &[], ""), status(503)),
        (Reply::of(401, &[json_type], r#"{"error":"invalid_client"}"#), credentials.clone()),
        (Reply::of(403, &[], ""), credentials),
        (Reply::error(FetchError::TimedOut), fetch(FetchError::TimedOut)),
        (Reply::error(FetchError::TooLarge), fetch(FetchError::TooLarge)),
        (page, IntrospectionError::Unavailable(DocumentError::ContentType { url: url() })),
        (Reply::redirect("https://issuer.example/login"), redirected.clone()),
        (Reply::redirect("https://evil.example/"), redirected),
        (Reply::json("<p>log in"), not_answer.clone()),
        (Reply::json("[]"), not_answer.clone()),
        (Reply::json("{}"), not_answer.clone()),
        (Reply::json(r#"{"active":"true","sub":"ada"}"#), not_answer.clone()),
        (Reply::json(r#"{"active":1}"#), not_answer.clone()),
        (Reply::json(r#"{"active":false,"active":true}"#), not_answer.clone()),
        (Reply::json(format!("{}{}", "[".repeat(2000), "]".repeat(2000))), not_answer),
    ];
    for (reply, expected) in cases {
        let (world, outcome) = ask(reply);
        let error = outcome.unwrap_err();
        assert_eq!(error, expected);
        assert!(!error.refuses_token(), "{error}");
        assert_eq!(world.requests().len(), 1, "no redirect is followed with credentials");
        for text in [format!("{error}"), format!("{error:?}")] {
            assert!(!text.contains("canary") && !text.contains("c+ret"), "{text}");
        }
    }
}

/// An authenticator that asks about every token, and for how long an answer counts.
fn authenticator(world: &World, cache_s: &str) -> TokenAuthenticator {
    let settings = [
        ("issuers", ISSUER),
        ("resource", RESOURCE),
        ("introspection-endpoint", ENDPOINT),
        ("introspection-client-id", "c"),
        ("introspection-client-secret", "s"),
        ("introspection-cache-s", cache_s),
    ];
    let get =
        |name: &str| Ok::<_, ()>(settings.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()));
    let config = AuthConfig::read(get, || KeyStorage::Memory).unwrap().unwrap();
    TokenAuthenticator::new(config, &world.ports()).unwrap()
}

/// A request with this token, and whether its caller is let in.
fn is_let_in(authenticator: &TokenAuthenticator, token: &str) -> bool {
    let request = http::Request::post("/mcp").header("authorization", format!("Bearer {token}"));
    let (head, ()) = request.body(()).unwrap().into_parts();
    now(authenticator.authenticate(&head)).is_ok()
}

#[test]
fn a_refused_token_is_asked_about_once_in_five_seconds() {
    let inactive = || Reply::json(r#"{"active":false}"#);
    let for_another = active(|answer| answer["aud"] = json!("https://other.example"));
    // How long an answer counts; questions after 20 requests, after one 4999 ms later, and after one when 5 s are over.
    let cases = [
        ("a revoked token", inactive(), "30", [1, 1, 2]),
        ("a token for another server", for_another, "30", [1, 1, 2]),
        ("an answer counts for a second", inactive(), "1", [1, 2, 2]),
        ("an active token", active(|_| {}), "30", [1, 1, 1]),
        ("nothing is known", Reply::of(503, &[], ""), "30", [20, 21, 22]),
    ];
    for (what, reply, cache_s, expected) in cases {
        let world = World::new();
        world.answers(ENDPOINT, reply);
        let authenticator = authenticator(&world, cache_s);
        let let_in: Vec<_> = (0..20).map(|_| is_let_in(&authenticator, "opaque")).collect();
        assert!(let_in.iter().all(|is| *is == (what == "an active token")), "{what}");
        let mut questions = vec![world.count(ENDPOINT)];
        for ms in [4999, 1] {
            world.pass_ms(ms);
            is_let_in(&authenticator, "opaque");
            questions.push(world.count(ENDPOINT));
        }
        assert_eq!(questions, expected, "{what}");
    }
}

#[test]
fn a_token_that_becomes_active_is_let_in_when_the_refusal_is_over() {
    let world = World::new();
    let authenticator = authenticator(&world, "30");
    for (active_now, pass_ms, expected) in [(false, 0, false), (true, 4999, false), (true, 1, true)] {
        world.answers(ENDPOINT, if active_now { active(|_| {}) } else { Reply::json(r#"{"active":false}"#) });
        world.pass_ms(pass_ms);
        assert_eq!(is_let_in(&authenticator, "opaque"), expected);
    }
}

#[test]
fn a_thousand_refused_tokens_are_remembered_at_most() {
    let world = World::new();
    world.answers(ENDPOINT, Reply::json(r#"{"active":false}"#));
    let authenticator = authenticator(&world, "30");
    let tokens = ["first".to_owned()].into_iter().chain((0..1000).map(|number| format!("another-{number}")));
    for token in tokens {
        assert!(!is_let_in(&authenticator, &token));
    }
    assert_eq!(world.count(ENDPOINT), 1001, "each is another token");
    for (token, questions) in [("another-999", 1001), ("first", 1002)] {
        is_let_in(&authenticator, token);
        assert_eq!(world.count(ENDPOINT), questions, "{token}");
    }
}

#[test]
fn no_secret_is_shown() {
    let world = World::new();
    let introspection = Introspection::new(&config(), &world.ports()).unwrap();
    for text in [format!("{:?}", config()), format!("{introspection:?}")] {
        assert!(!text.contains("c+ret") && !text.contains("bWNw"), "{text}");
    }
    for endpoint in ["http://issuer.example/introspect", "https://u:secret@issuer.example/", "introspect"] {
        let config = IntrospectionConfig { endpoint: endpoint.to_owned(), ..config() };
        let error = Introspection::new(&config, &world.ports()).unwrap_err();
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
