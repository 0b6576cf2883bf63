//! Tokens that a server accepts.

use serde_json::{Value, json};

use crate::keys::Signer;
use crate::{Issuer, Token, shapes};

/// A token that a server accepts.
#[derive(Clone, Debug)]
pub struct Accepted {
    /// What is special about it, as a sentence.
    pub name: &'static str,
    /// The token.
    pub token: String,
    /// What it says.
    pub expected: Expected,
    /// Whether it is accepted at this second and would be refused a second earlier or later.
    pub to_the_second: bool,
}

/// What a token says about its caller, besides the issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expected {
    /// Its subject.
    pub subject: String,
    /// Its client.
    pub client_id: Option<String>,
    /// Its scopes, in order.
    pub scopes: Vec<String>,
    /// Its roles, in order.
    pub roles: Vec<String>,
    /// Its groups, in order.
    pub groups: Vec<String>,
    /// When it expires, in seconds since 1970.
    pub expires_s: u64,
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

impl Expected {
    fn new(subject: &str, client_id: &str, scopes: &[&str], expires_s: u64) -> Self {
        Self {
            subject: subject.to_owned(),
            client_id: Some(client_id.to_owned()),
            scopes: owned(scopes),
            roles: vec![],
            groups: vec![],
            expires_s,
        }
    }

    fn roles(self, roles: &[&str]) -> Self {
        Self { roles: owned(roles), ..self }
    }

    fn groups(self, groups: &[&str]) -> Self {
        Self { groups: owned(groups), ..self }
    }
}

pub(crate) fn all(issuer: &Issuer) -> Vec<Accepted> {
    [algorithms(issuer), headers(issuer), claims(issuer), shaped(issuer)].concat()
}

fn plain(issuer: &Issuer) -> Expected {
    Expected::new("user-1", "client-1", &["tools:read", "tools:write"], issuer.now_s + 300)
}

fn accepted(name: &'static str, token: String, expected: Expected) -> Accepted {
    Accepted { name, token, expected, to_the_second: false }
}

fn algorithms(issuer: &Issuer) -> Vec<Accepted> {
    let by = |name, algorithm: &str, key_id, signer| {
        accepted(name, issuer.token().by(algorithm, key_id, signer).signed(), plain(issuer))
    };
    vec![
        by("RS256", "RS256", "rsa", Signer::Rsa("RS256")),
        by("RS384", "RS384", "rsa", Signer::Rsa("RS384")),
        by("RS512", "RS512", "rsa", Signer::Rsa("RS512")),
        by("PS256", "PS256", "rsa", Signer::Rsa("PS256")),
        by("PS384", "PS384", "rsa", Signer::Rsa("PS384")),
        by("PS512", "PS512", "rsa", Signer::Rsa("PS512")),
        by("RS256 with a key that is for it alone", "RS256", "rsa-rs256", Signer::Rsa("RS256")),
        by("ES256", "ES256", "p256", Signer::P256),
        by("ES384", "ES384", "p384", Signer::P384),
        by("EdDSA", "EdDSA", "ed25519", Signer::Ed25519),
        by("EdDSA by the name of its curve", "Ed25519", "ed25519", Signer::Ed25519),
        by("ES256 by the first of two keys with one `kid`", "ES256", "twice", Signer::OtherP256),
        by("ES256 by the second of two keys with one `kid`", "ES256", "twice", Signer::P256),
    ]
}

fn headers(issuer: &Issuer) -> Vec<Accepted> {
    let token = || issuer.token();
    let with = |name, token: Token| accepted(name, token.signed(), plain(issuer));
    vec![
        with("no type", token().without_header("typ")),
        with("the type of any JWT", token().header("typ", "JWT")),
        with("the type of any JWT in lower case", token().header("typ", "jwt")),
        with("the type of an access token in other case", token().header("typ", "AT+JWT")),
        with("the whole type of an access token", token().header("typ", "application/at+jwt")),
        with("the whole type in other case", token().header("typ", "Application/AT+JWT")),
        with("no `kid` where one key fits", token().by("EdDSA", "", Signer::Ed25519).without_header("kid")),
        with("`jku` and `x5u`, which are not used", token().header("jku", "https://a.example").header("x5u", "x")),
        with("`x5t`, which is not used", token().header("x5t", "abc").header("x5c", json!(["MIIC"]))),
        with("`jwk` with another key, which is not used", token().header("jwk", crate::public_jwk(Signer::OtherP256))),
        with("members that are not known", token().header("nonce", "x").header("org.example", json!({"a": [1]}))),
        accepted(
            "a header with space and escapes",
            token().with_header_text(r#" { "alg" : "RS\u0032\u0035\u0036" , "kid":"rs\u0061","typ":"at+jwt" } "#),
            plain(issuer),
        ),
    ]
}

fn claims(issuer: &Issuer) -> Vec<Accepted> {
    let now = issuer.now_s;
    let with = |name, token: Token| accepted(name, token.signed(), plain(issuer));
    let claim = |name, claim: &str, value: Value| with(name, issuer.token().claim(claim, value));
    let scopes = |name, token: Token, scopes: &[&str]| {
        accepted(name, token.signed(), Expected { scopes: owned(scopes), ..plain(issuer) })
    };
    let expires = |name, value: Value, expires_s| {
        accepted(name, issuer.token().claim("exp", value).signed(), Expected { expires_s, ..plain(issuer) })
    };
    let (scheme, rest) = issuer.audience.split_once("://").unwrap();
    let (authority, path) = rest.split_at(rest.find('/').unwrap());
    let without_scope = || issuer.token().without("scope");
    let many: Vec<_> = (0..1000).map(|number| format!("s{number}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let to_the_second = |accepted| Accepted { to_the_second: true, ..accepted };
    vec![
        claim("the audience in a list", "aud", json!([issuer.audience])),
        claim("the audience among others", "aud", json!(["account", issuer.audience, "https://other.example"])),
        claim(
            "the audience with its host in capital letters",
            "aud",
            json!(format!("{scheme}://{}{path}", authority.to_uppercase())),
        ),
        claim(
            "the audience with its scheme in capital letters",
            "aud",
            json!(format!("{}://{rest}", scheme.to_uppercase())),
        ),
        expires("an expiry with a fraction", json!(now as f64 + 300.75), now + 300),
        expires("an expiry in the form of a double", json!((now + 300) as f64), now + 300),
        expires("an expiry in 100 years", json!(now + 3_155_760_000), now + 3_155_760_000),
        expires("an expiry less long ago than clocks may differ", json!(now - 30), now - 30),
        to_the_second(expires("an expiry one second less long ago than clocks may differ", json!(now - 59), now - 59)),
        claim("a start as far away as clocks may differ", "nbf", json!(now + 60)),
        claim("a start with a fraction", "nbf", json!(now as f64 - 0.5)),
        claim("a time of issue as far away as clocks may differ", "iat", json!(now + 60)),
        claim("a time of issue of ten years ago", "iat", json!(now - 315_576_000)),
        with("no time of issue", issuer.token().without("iat")),
        with("a start and a nonce that are null", issuer.token().claim("nbf", Value::Null).claim("nonce", Value::Null)),
        with("a nonce in a token with the type of an access token", issuer.token().claim("nonce", "n-0S6_WzA2Mj")),
        with(
            "an authentication in a token with the type of an access token",
            issuer.token().claim("auth_time", now - 9),
        ),
        scopes("no scope", without_scope(), &[]),
        scopes("an empty scope", issuer.token().claim("scope", ""), &[]),
        scopes("scopes with spaces around them", issuer.token().claim("scope", " a  b "), &["a", "b"]),
        scopes("a scope twice", issuer.token().claim("scope", "a b a"), &["a", "b"]),
        scopes("scopes in a list", issuer.token().claim("scope", json!(["a", "b"])), &["a", "b"]),
        scopes("`scp` as a list", without_scope().claim("scp", json!(["a", "b"])), &["a", "b"]),
        scopes("`scp` as a text", without_scope().claim("scp", "a b"), &["a", "b"]),
        scopes("`scope` before `scp`", issuer.token().claim("scope", "a").claim("scp", "b"), &["a"]),
        scopes(
            "every character of a scope",
            issuer.token().claim("scope", "!#[]~ https://a.example/x?y=z"),
            &["!#[]~", "https://a.example/x?y=z"],
        ),
        scopes("1,000 scopes", issuer.token().claim("scope", many.join(" ")), &many),
        accepted(
            "a subject of 255 bytes",
            issuer.token().claim("sub", "a".repeat(255)).signed(),
            Expected { subject: "a".repeat(255), ..plain(issuer) },
        ),
        accepted(
            "a client that is its own subject",
            issuer.token().claim("sub", "client-1").signed(),
            Expected { subject: "client-1".to_owned(), ..plain(issuer) },
        ),
        accepted(
            "claims with space and escapes, of which none is U+0000",
            issuer.token().without("sub").with_claims_before(r#" "s\u0075b" : "\\u0000é" "#),
            Expected { subject: "\\u0000é".to_owned(), ..plain(issuer) },
        ),
        accepted(
            "a role as a text",
            issuer.token().claim("roles", "a role").signed(),
            plain(issuer).roles(&["a role"]),
        ),
    ]
}

fn shaped(issuer: &Issuer) -> Vec<Accepted> {
    let now = issuer.now_s;
    let jwt = |name, claims, expected| accepted(name, Token::new(claims).header("typ", "JWT").signed(), expected);
    let untyped = |name, claims, expected| accepted(name, Token::new(claims).without_header("typ").signed(), expected);
    vec![
        jwt(
            "an access token of Keycloak",
            shapes::keycloak(issuer),
            Expected::new(
                "b7ce0b4c-3a38-4d6c-93a5-3a2f7a0d5f11",
                "mcp-client",
                &["openid", "profile", "email", "tools:read"],
                now + 300,
            )
            .roles(&["offline_access", "operator", "tools-admin"]),
        ),
        jwt(
            "an access token of Keycloak for a service account",
            shapes::keycloak_service_account(issuer),
            Expected::new("5a0fcd0e-1a8b-4d0e-8c5d-1a3f6de1bb6f", "batch", &[], now + 300),
        ),
        jwt(
            "an access token of an older Keycloak, with a nonce",
            {
                let mut claims = shapes::keycloak_service_account(issuer);
                claims["nonce"] = json!("n-0S6_WzA2Mj");
                claims
            },
            Expected::new("5a0fcd0e-1a8b-4d0e-8c5d-1a3f6de1bb6f", "batch", &[], now + 300),
        ),
        jwt(
            "an access token of Auth0",
            shapes::auth0(issuer),
            Expected::new(
                "auth0|63f1c3f2b4f1a0a1c2d3e4f5",
                "2Yv1t0q7Jm3n5p8r",
                &["openid", "profile", "tools:read"],
                now + 86400,
            )
            .roles(&["editor"]),
        ),
        jwt(
            "an access token of Auth0 for a machine",
            shapes::auth0_machine(issuer),
            Expected::new("2Yv1t0q7Jm3n5p8r@clients", "2Yv1t0q7Jm3n5p8r", &[], now + 86400),
        ),
        untyped(
            "an access token of Okta",
            shapes::okta(issuer),
            Expected::new("jane@example.com", "0oabskvc6442nkvQO0h7", &["openid", "tools:read"], now + 3600)
                .groups(&["Everyone", "Operators"]),
        ),
        jwt(
            "an access token of Entra ID, version 1",
            shapes::entra_v1(issuer),
            Expected::new(
                "l3_roISQU222bULS9yi2k0XpqpOiMz5H3ZACo1GeXA",
                "6731de76-14a6-49ae-97bc-6eba6914391e",
                &["tools.read", "tools.write"],
                now + 4200,
            )
            .roles(&["Operator"]),
        ),
        jwt(
            "an access token of Entra ID, version 2",
            shapes::entra_v2(issuer),
            Expected::new(
                "HKZpfaHyWadeOouYlitjrI-KffTm222X5rrV3xDqfKQ",
                "6e74172b-be56-4843-9ff4-e66a39bb12e3",
                &["access_as_user"],
                now + 4200,
            )
            .groups(&["0760b6cf-170e-4a14-91b3-4b78e0739963"]),
        ),
        jwt(
            "an access token of Entra ID for an application",
            shapes::entra_application(issuer),
            Expected::new(
                "0f0f5d5c-0b55-4d6f-8a0c-5c1d2e3f4a5b",
                "6e74172b-be56-4843-9ff4-e66a39bb12e3",
                &[],
                now + 3600,
            )
            .roles(&["Tools.Read.All"]),
        ),
        untyped(
            "an access token of Cognito",
            shapes::cognito(issuer),
            Expected::new(
                "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee",
                "xxxxxxxxxxxxexample",
                &["mcp/tools.read"],
                now + 3600,
            ),
        ),
        jwt(
            "an access token of Hydra",
            shapes::hydra(issuer),
            Expected::new("jane", "mcp-client", &["offline", "tools:read"], now + 3600),
        ),
    ]
}
