//! The configurations of `docs/auth.md`: each is read from the page, and a server that is started with it lets those tokens in that the issuer really
//! makes. A stand-in for the issuer has the paths of its metadata and keys, and makes tokens with its header and claims.

use std::collections::HashMap;
use std::fs;

use serde_json::{Value, json};
use wasmcp_tests::{Reply, Request, Server, Setup, Shell, StandIn, scratch};

use crate::{add_with, challenge, challenged_scopes, is_sum};

const PAGE: &str = include_str!("../../../docs/auth.md");
/// The resource of every configuration on the page.
const RESOURCE: &str = "https://mcp.example.com/mcp";

/// A section of the page, the issuer that it is about, and what tokens of it get.
struct Recipe {
    section: &'static str,
    /// The issuer's scheme and host on the page, for which that of the stand-in is put.
    host: &'static str,
    stand_in: Value,
    tokens: Vec<Token>,
}

/// The header, the claims and the status of the answer.
type Token = (Value, Value, u16);

/// The block of a section, by the language that it names.
fn block(section: &str, language: &str) -> String {
    let (_, rest) = PAGE.split_once(&format!("# {section}\n")).unwrap_or_else(|| panic!("no section {section}"));
    let rest = rest.split("\n##").next().unwrap();
    let (_, block) = rest.split_once(&format!("```{language}\n")).unwrap_or_else(|| panic!("no block in {section}"));
    block.split("```").next().unwrap().to_owned()
}

/// Starts a server with these settings, an `[auth]` table of TOML.
fn serve(name: &str, settings: &str) -> Server {
    let file = scratch(&format!("{}.toml", name.replace(' ', "-"))).unwrap();
    fs::write(&file, format!("{settings}\nloopback-http = true\n")).unwrap();
    let setup = Setup::of(&["calculator"]).serve_flags(&["--settings", file.to_str().unwrap()]);
    Server::start(Shell::Native, &setup).unwrap_or_else(|error| panic!("{name}: {error:?}\n{settings}"))
}

fn recipes() -> Vec<Recipe> {
    let jwt = json!({ "typ": "JWT" });
    let at_jwt = json!({ "typ": "at+jwt" });
    vec![
        Recipe {
            section: "The smallest configuration",
            host: "https://auth.example.com",
            stand_in: json!({ "algorithm": "EdDSA" }),
            tokens: vec![
                (at_jwt.clone(), json!({ "aud": RESOURCE, "sub": "ada" }), 200),
                (at_jwt.clone(), json!({ "aud": "https://other.example.com/mcp", "sub": "ada" }), 401),
            ],
        },
        Recipe {
            section: "Scopes",
            host: "https://auth.example.com",
            stand_in: json!({ "algorithm": "ES256" }),
            tokens: vec![
                (at_jwt.clone(), json!({ "aud": RESOURCE, "sub": "ada", "scope": "mcp:use numbers:read" }), 200),
                (at_jwt.clone(), json!({ "aud": RESOURCE, "sub": "ada", "scope": "mcp:use numbers:admin" }), 200),
                (at_jwt.clone(), json!({ "aud": RESOURCE, "sub": "ada", "scope": "mcp:use" }), 403),
                (at_jwt.clone(), json!({ "aud": RESOURCE, "sub": "ada", "scope": "numbers:read" }), 403),
            ],
        },
        Recipe {
            section: "Keycloak",
            host: "https://keycloak.example.com",
            stand_in: json!({
                "path": "/realms/work",
                "metadata": ["/realms/work/.well-known/openid-configuration"],
                "keys_path": "/realms/work/protocol/openid-connect/certs",
                "key": { "use": "sig", "alg": "RS256" },
            }),
            tokens: vec![
                (
                    jwt.clone(),
                    keycloak(&json!({ "typ": "Bearer", "aud": [RESOURCE, "account"], "scope": "email files:read" })),
                    200,
                ),
                (
                    jwt.clone(),
                    keycloak(&json!({ "typ": "Bearer", "aud": "account", "scope": "email files:read" })),
                    401,
                ),
                (
                    jwt.clone(),
                    keycloak(&json!({ "typ": "ID", "aud": RESOURCE, "at_hash": "x", "scope": "files:read" })),
                    401,
                ),
                (jwt.clone(), keycloak(&json!({ "typ": "Bearer", "aud": RESOURCE, "scope": "email" })), 403),
            ],
        },
        Recipe {
            section: "Auth0",
            host: "https://example.eu.auth0.com",
            stand_in: json!({
                "trailing_slash": true,
                "metadata": ["/.well-known/openid-configuration"],
                "keys_path": "/.well-known/jwks.json",
                "key": { "use": "sig", "alg": "RS256" },
            }),
            tokens: vec![
                (
                    jwt.clone(),
                    auth0(&json!({ "sub": "auth0|6512bd43d9caa6e02c990b0a", "scope": "openid profile files:read" })),
                    200,
                ),
                // A service, by client credentials; `permissions` repeats the scopes.
                (
                    jwt.clone(),
                    auth0(&json!({
                        "aud": RESOURCE, "sub": "sVc1dEnT1fIeR@clients", "gty": "client-credentials",
                        "scope": "files:read", "permissions": ["files:read"],
                    })),
                    200,
                ),
                (
                    at_jwt.clone(),
                    auth0(
                        &json!({ "sub": "auth0|6512bd43d9caa6e02c990b0a", "client_id": "sVc1", "scope": "files:read" }),
                    ),
                    200,
                ),
                (jwt.clone(), auth0(&json!({ "sub": "auth0|6512bd43d9caa6e02c990b0a", "scope": "openid" })), 403),
                // The ID token of a client that was named like the API.
                (
                    jwt.clone(),
                    json!({ "aud": RESOURCE, "sub": "auth0|6512bd43d9caa6e02c990b0a", "nonce": "n", "sid": "s", "name": "Ada" }),
                    401,
                ),
            ],
        },
        Recipe {
            section: "Okta",
            host: "https://example.okta.com",
            stand_in: json!({
                "path": "/oauth2/aus1a2b3c4d5e6f7g8h9",
                "metadata": ["/oauth2/aus1a2b3c4d5e6f7g8h9/.well-known/openid-configuration"],
                "keys_path": "/oauth2/aus1a2b3c4d5e6f7g8h9/v1/keys",
                "key": { "use": "sig", "alg": "RS256" },
            }),
            tokens: vec![
                // Okta's header has no `typ`.
                (
                    json!({}),
                    okta(&json!({ "scp": ["files:read", "openid"], "uid": "00u1", "sub": "ada@example.com" })),
                    200,
                ),
                (json!({}), okta(&json!({ "scp": ["files:read"], "sub": "0oa1" })), 200),
                (json!({}), okta(&json!({ "scp": ["openid"], "uid": "00u1", "sub": "ada@example.com" })), 403),
                (json!({}), okta(&json!({ "aud": "api://default", "scp": ["files:read"], "sub": "0oa1" })), 401),
            ],
        },
        Recipe {
            section: "Entra ID",
            host: "https://login.microsoftonline.com",
            stand_in: json!({
                "path": "/11111111-2222-3333-4444-555555555555/v2.0",
                "metadata": ["/11111111-2222-3333-4444-555555555555/v2.0/.well-known/openid-configuration"],
                "keys_path": "/11111111-2222-3333-4444-555555555555/discovery/v2.0/keys",
                // Entra ID publishes keys without `alg`, with the certificate.
                "key": { "use": "sig", "x5t": "one", "x5c": ["MIIC/TCCAeWgAwIBAgIIU0VhYw=="] },
            }),
            tokens: vec![
                (
                    jwt.clone(),
                    entra(&json!({ "scp": "files.read openid", "groups": ["0aaf0c5b-0000-0000-0000-000000000001"] })),
                    200,
                ),
                // A service has app roles and no scopes.
                (jwt.clone(), entra(&json!({ "roles": ["Files.Read.All"], "idtyp": "app" })), 403),
                (
                    jwt.clone(),
                    entra(&json!({ "aud": "00000003-0000-0000-c000-000000000000", "scp": "files.read" })),
                    401,
                ),
                (
                    jwt.clone(),
                    entra(
                        &json!({ "iss": "https://sts.windows.net/11111111-2222-3333-4444-555555555555/", "scp": "files.read" }),
                    ),
                    401,
                ),
            ],
        },
        Recipe {
            section: "An issuer that registers no clients by itself",
            host: "https://no-registration.example.com",
            stand_in: json!({ "algorithm": "ES256" }),
            tokens: vec![(at_jwt.clone(), json!({ "aud": RESOURCE, "sub": "ada", "client_id": "desktop" }), 200)],
        },
        Recipe {
            section: "An issuer that reads client-id metadata documents",
            host: "https://documents.example.com",
            stand_in: json!({ "algorithm": "ES256" }),
            tokens: vec![(
                at_jwt,
                json!({ "aud": RESOURCE, "sub": "ada", "client_id": "https://client.example.com/oauth/client.json" }),
                200,
            )],
        },
    ]
}

fn with(claims: &Value, more: &Value) -> Value {
    let mut all = claims.clone();
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

fn keycloak(more: &Value) -> Value {
    let claims = json!({
        "jti": "onrtac:3f7c1b1e", "sub": "f1c1c1e0-0000-4000-8000-000000000001", "azp": "desktop", "sid": "s", "acr": "1",
        "allowed-origins": ["http://127.0.0.1"], "realm_access": { "roles": ["operator", "offline_access"] },
        "resource_access": { "account": { "roles": ["view-profile"] } }, "preferred_username": "ada", "email_verified": true,
        "groups": ["/engineering/platform"],
    });
    with(&claims, more)
}

fn auth0(more: &Value) -> Value {
    let audiences = json!([RESOURCE, "https://example.eu.auth0.com/userinfo"]);
    with(&json!({ "aud": audiences, "azp": "sVc1dEnT1fIeR", "https://mcp.example.com/roles": ["operator"] }), more)
}

fn okta(more: &Value) -> Value {
    with(
        &json!({ "ver": 1, "jti": "AT.x1", "aud": RESOURCE, "cid": "0oa1", "auth_time": 1_700_000_000, "groups": ["Everyone"] }),
        more,
    )
}

fn entra(more: &Value) -> Value {
    let claims = json!({
        "aud": "66666666-7777-8888-9999-000000000000", "aio": "AXQAi", "azp": "client", "azpacr": "0", "oid": "o", "rh": "0.A",
        "sub": "pairwise", "tid": "11111111-2222-3333-4444-555555555555", "uti": "u", "ver": "2.0", "name": "Ada",
    });
    with(&claims, more)
}

fn refusal(reply: &Reply) -> Option<&str> {
    challenge(reply, "error")
}

#[test]
fn each_configuration_lets_the_tokens_of_its_issuer_in_and_no_others() {
    for Recipe { section, host, stand_in, tokens } in recipes() {
        let issuer = StandIn::start(&stand_in).unwrap();
        let settings = block(section, "toml");
        assert!(settings.contains(host), "{section}: no {host} in {settings}");
        let server = serve(section, &settings.replace(host, &issuer.origin()));
        for (header, claims, status) in tokens {
            let reply = server.send(&add_with(&issuer.sign(&header, &claims).unwrap())).unwrap();
            assert_eq!(reply.status, status, "{section}, {claims}: {reply:?}\n{}", server.log());
            match status {
                200 => assert!(is_sum(&reply), "{section}: {}", reply.text()),
                401 => assert_eq!(refusal(&reply), Some("invalid_token"), "{section}, {claims}: {reply:?}"),
                _ => assert_eq!(refusal(&reply), Some("insufficient_scope"), "{section}, {claims}: {reply:?}"),
            }
        }
    }
}

#[test]
fn a_token_that_lacks_scopes_is_told_all_that_the_call_needs() {
    let issuer = StandIn::start(&json!({ "algorithm": "ES256" })).unwrap();
    let server = serve("all scopes", &block("Scopes", "toml").replace("https://auth.example.com", &issuer.origin()));
    let claims = json!({ "aud": RESOURCE, "sub": "ada", "scope": "mcp:use" });
    let token = issuer.sign(&json!({ "typ": "at+jwt" }), &claims).unwrap();
    let params = json!({ "name": "divide", "arguments": { "a": 6, "b": 2 } });
    let reply = server.send(&Request::of("2026-07-28", "tools/call", params).bearer(&token)).unwrap();
    assert_eq!(challenged_scopes(&reply), ["mcp:use", "numbers:divide", "numbers:read"], "{reply:?}");
}

#[test]
fn opaque_tokens_are_introspected_with_the_credentials_of_the_page() {
    let answer = |more: Value| {
        with(&json!({ "active": true, "sub": "583231", "username": "octocat", "client_id": "Iv1.x" }), &more)
    };
    let tokens: HashMap<_, _> = [
        ("gho_good", answer(json!({ "aud": RESOURCE, "scope": "repo read:org" }))),
        ("gho_poor", answer(json!({ "aud": RESOURCE, "scope": "read:org" }))),
        ("gho_elsewhere", answer(json!({ "aud": "https://other.example.com", "scope": "repo" }))),
        ("gho_nowhere", answer(json!({ "scope": "repo" }))),
        ("gho_revoked", json!({ "active": false })),
    ]
    .into();
    let issuer =
        StandIn::start(&json!({ "client": "mcp-server:a+secret+that+no+log+ever+shows", "tokens": tokens })).unwrap();
    let section = "Opaque tokens, as GitHub has them";
    let settings = block(section, "toml");
    let server = serve(section, &settings.replace("https://auth.example.com", &issuer.origin()));
    for (token, status) in [
        ("gho_good", 200),
        ("gho_poor", 403),
        ("gho_elsewhere", 401),
        ("gho_nowhere", 401),
        ("gho_revoked", 401),
        ("gho_unknown", 401),
    ] {
        let reply = server.send(&add_with(token)).unwrap();
        assert_eq!(reply.status, status, "{token}: {reply:?}\n{}", server.log());
    }
    assert!(!server.log().contains("gho_") && !server.log().contains("a secret that"), "{}", server.log());
}

#[test]
fn each_of_several_issuers_is_believed_for_its_own_tokens() {
    let staff = StandIn::start(&json!({ "algorithm": "ES256" })).unwrap();
    let customers = StandIn::start(&json!({ "algorithm": "ES256" })).unwrap();
    let settings = block("Several issuers", "toml")
        .replace("https://staff.example.com", &staff.origin())
        .replace("https://customers.example.com", &customers.origin());
    let server = serve("several issuers", &settings);
    let of = |issuer: &StandIn, audience: &str| {
        issuer.sign(&json!({ "typ": "at+jwt" }), &json!({ "aud": audience, "sub": "ada" })).unwrap()
    };
    let posing =
        customers.sign(&json!({ "typ": "at+jwt" }), &json!({ "iss": staff.origin(), "aud": RESOURCE, "sub": "ada" }));
    for (token, status) in [
        (of(&staff, RESOURCE), 200),
        (of(&staff, "urn:example:mcp"), 401),
        (of(&customers, "urn:example:mcp"), 200),
        (of(&customers, RESOURCE), 401),
        (posing.unwrap(), 401),
    ] {
        let reply = server.send(&add_with(&token)).unwrap();
        assert_eq!(reply.status, status, "{reply:?}\n{}", server.log());
    }
}

/// The keys of the page are an example: those of the stand-in take their place.
#[test]
fn with_pinned_keys_nothing_is_asked_of_the_issuer() {
    let issuer = StandIn::start(&json!({ "algorithm": "ES256", "kid": "2026-11" })).unwrap();
    let pinned = |line: &str| match line.strip_prefix("jwks = ") {
        Some(_) => format!("jwks = '{}'", issuer.keys().unwrap()),
        None => line.replace("https://auth.example.com", &issuer.origin()),
    };
    let page = block("Keys on a host without a store", "toml");
    serve("keys of the page", &page.replace("https://auth.example.com", &issuer.origin()));
    let server = serve("pinned keys", &page.lines().map(pinned).collect::<Vec<_>>().join("\n"));
    let token = issuer.sign(&json!({ "typ": "at+jwt" }), &json!({ "aud": RESOURCE, "sub": "ada" })).unwrap();
    assert!(is_sum(&server.send(&add_with(&token)).unwrap()), "{}", server.log());
    for path in ["/.well-known/oauth-authorization-server", "/jwks"] {
        assert_eq!(issuer.requests(path).unwrap(), 0, "{path}");
    }
}

/// The settings of the lattice have the same names in every shape. Those of the page are given to a server here.
#[test]
fn the_settings_for_a_lattice_are_settings_of_the_server() {
    let issuer = StandIn::start(&json!({ "algorithm": "ES256" })).unwrap();
    let mut setup = Setup::of(&["calculator"]).set("auth", "loopback-http", "true");
    for line in block("A lattice", "yaml").lines() {
        let (key, value) = line.split_once(": ").unwrap();
        let key = key.strip_prefix("auth.").unwrap();
        // The keys of the page are an example; the tokens here have a signature.
        let value = match key {
            "jwks" => issuer.keys().unwrap(),
            _ => value.replace("https://auth.example.com", &issuer.origin()),
        };
        setup = setup.set("auth", key, &value);
    }
    let server = Server::start(Shell::Native, &setup).unwrap();
    let token = |scope: &str| {
        issuer.sign(&json!({ "typ": "at+jwt" }), &json!({ "aud": RESOURCE, "sub": "ada", "scope": scope })).unwrap()
    };
    let divide = |scope| {
        let params = json!({ "name": "divide", "arguments": { "a": 6, "b": 2 } });
        server.send(&Request::of("2026-07-28", "tools/call", params).bearer(&token(scope))).unwrap().status
    };
    assert!(is_sum(&server.send(&add_with(&token("mcp:use"))).unwrap()), "{}", server.log());
    assert_eq!(divide("mcp:use"), 403);
    assert_eq!(divide("mcp:use numbers:divide"), 200);
}
