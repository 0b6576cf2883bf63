//! A token is nowhere but in the request that has it: in no log, no answer, and no call of a provider. Nothing else in a request says who calls.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use test_tokens::{Issuer, Signer, Token};
use wasmcp_tests::{Request, Server, Setup, Shell};

/// The parts of a token, each of which would betray it.
pub(crate) fn parts(token: &str) -> impl Iterator<Item = &str> {
    token.split('.').filter(|part| part.len() > 20)
}

#[test]
fn no_token_is_in_a_log_an_answer_or_a_call() {
    for shell in Shell::ALL {
        let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let issuer = Issuer { now_s, ..Issuer::example() };
        let setup = Setup::of(&["hostile"])
            .tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks())
            .set("auth", "scope-rules", "tool:pry=more")
            .serve_flags(&["--log-level", "debug"]);
        let server = Server::start(shell, &setup).unwrap();

        let token = |exp: u64, signer: Signer| {
            let claims =
                json!({ "iss": issuer.issuer, "aud": issuer.audience, "sub": "ada", "client_id": "c", "exp": exp });
            Token::new(claims).claim("jti", "canary").by("ES256", "p256", signer).signed()
        };
        let good = token(now_s + 300, Signer::P256);
        let (expired, forged) = (token(now_s - 300, Signer::P256), token(now_s + 300, Signer::OtherP256));
        let call = |name: &str| Request::of("2026-07-28", "tools/call", json!({ "name": name, "arguments": {} }));
        let in_query = |mut request: Request| {
            request.line = request.line.replace("/mcp", &format!("/mcp?access_token={good}"));
            request
        };
        // A trap is the end of a composed file's whole instance, and its host answers.
        let of_trap = if shell == Shell::Native { 200 } else { 500 };
        let mut texts = Vec::new();
        for (what, request, status) in [
            ("a good token", call("disclose").bearer(&good), 200),
            ("the same once more", call("disclose").bearer(&good), 200),
            ("a tool that traps", call("trap").bearer(&good), of_trap),
            ("a tool that does not exist", call("nothing").bearer(&good), 200),
            ("too few scopes", call("pry").bearer(&good), 403),
            ("an expired token", call("disclose").bearer(&expired), 401),
            ("a forged token", call("disclose").bearer(&forged), 401),
            ("two tokens", call("disclose").bearer(&good).header(format!("authorization: Bearer {good}")), 400),
            ("another scheme", call("disclose").header(format!("authorization: Basic {good}")), 401),
            ("a token in the query", in_query(call("disclose")), 400),
            ("a good one, and one in the query", in_query(call("disclose")).bearer(&good), 400),
            ("a good one, and a body that is none", call("disclose").bearer(&good).body("{"), 400),
        ] {
            let reply = server.send(&request).unwrap();
            let text = format!("{:?}\n{}", reply.headers, reply.text());
            assert_eq!(reply.status, status, "{shell}, {what}: {text}");
            texts.push((what, text));
        }
        let disclosed = &texts[0].1;
        assert!(disclosed.contains("ada") && disclosed.contains("jti"), "{shell}: the call has claims: {disclosed}");
        let log = server.wait_for_log("canary").unwrap();
        texts.push(("the log", log));
        for (what, text) in &texts {
            for part in [&good, &expired, &forged].into_iter().flat_map(|token| parts(token)) {
                assert!(!text.contains(part), "{shell}, {what}: {text}");
            }
        }
    }
}

/// Headers by which proxies and servers of applications tell each other who calls.
const IDENTITY_HEADERS: [&str; 20] = [
    "x-user",
    "x-user-id",
    "x-forwarded-user",
    "x-forwarded-email",
    "x-forwarded-preferred-username",
    "x-forwarded-groups",
    "x-forwarded-access-token",
    "x-auth-request-user",
    "x-auth-request-email",
    "x-auth-request-groups",
    "x-remote-user",
    "remote-user",
    "x-authenticated-userid",
    "x-consumer-username",
    "x-goog-authenticated-user-email",
    "x-amzn-oidc-identity",
    "x-ms-client-principal-name",
    "cf-access-authenticated-user-email",
    "mcp-principal",
    "mcp-user",
];

/// The request with all of them.
fn claiming(request: &Request) -> Request {
    IDENTITY_HEADERS.iter().fold(request.clone(), |request, name| request.header(format!("{name}: mallory-by-{name}")))
}

/// What a call gives its provider.
fn disclosed(server: &Server, request: &Request) -> String {
    let answer = server.send(request).unwrap().json().unwrap();
    let text = answer.pointer("/result/content/0/text").and_then(Value::as_str);
    text.unwrap_or_else(|| panic!("{answer}")).to_owned()
}

/// What of that is about the caller.
fn principal(disclosed: &str) -> &str {
    let rest = disclosed.split_once("principal: ").and_then(|(_, rest)| rest.split_once(", trace: "));
    rest.unwrap_or_else(|| panic!("{disclosed}")).0
}

#[test]
fn headers_that_look_like_an_identity_mean_nothing() {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let token = issuer.token().claim("sub", "ada").signed();
    let call = Request::of("2026-07-28", "tools/call", json!({ "name": "disclose", "arguments": {} }));
    for shell in Shell::ALL {
        let secured = Setup::of(&["hostile"]).tokens_of(&issuer.issuer, &issuer.audience, &issuer.jwks());
        for (what, setup, request, caller, without_token) in [
            ("a server without tokens", Setup::of(&["hostile"]), call.clone(), "None", 200),
            ("a server with tokens", secured, call.clone().bearer(&token), "subject: \"ada\"", 401),
        ] {
            let server = Server::start(shell, &setup).unwrap();
            let (plain, with_headers) = (disclosed(&server, &request), disclosed(&server, &claiming(&request)));
            assert!(principal(&plain).contains(caller), "{shell}, {what}: {plain}");
            assert_eq!(principal(&with_headers), principal(&plain), "{shell}, {what}");
            assert!(!with_headers.contains("mallory"), "{shell}, {what}: {with_headers}");
            // Nor are they a token.
            assert_eq!(server.send(&claiming(&call)).unwrap().status, without_token, "{shell}, {what}");
        }
    }
}
