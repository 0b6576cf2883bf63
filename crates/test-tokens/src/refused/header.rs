//! Tokens whose header names an algorithm, a type or an extension that no access token has here.

use auth::TokenError::*;
use serde_json::{Value, json};

use super::Refused;
use crate::keys::{Signer, public_jwk};
use crate::{Issuer, Token, encoded};

pub(super) fn refused(issuer: &Issuer) -> Vec<Refused> {
    [algorithms(issuer), types(issuer), extensions(issuer)].concat()
}

fn algorithms(issuer: &Issuer) -> Vec<Refused> {
    let plain = issuer.token();
    let named = |algorithm: &str| plain.clone().header("alg", algorithm);
    let unsigned = |algorithm: &str| {
        let (header, claims) = named(algorithm).parts();
        format!("{}.{}.", encoded(header), encoded(claims))
    };
    let hmac = |algorithm, key_id, signer| plain.clone().by(algorithm, key_id, signer);
    vec![
        ("`none` without a signature", unsigned("none"), Unsigned).into(),
        ("`None` without a signature", unsigned("None"), Unsigned).into(),
        ("`nOnE` without a signature", unsigned("nOnE"), Unsigned).into(),
        ("`none` with a valid signature", named("none"), Unsigned).into(),
        ("HS256 with the RSA public key as the secret", hmac("HS256", "rsa", Signer::HmacOfRsa), SymmetricAlgorithm)
            .into(),
        (
            "HS256 with the P-256 public key as the secret",
            hmac("HS256", "p256", Signer::HmacOfP256),
            SymmetricAlgorithm,
        )
            .into(),
        (
            "HS256 with the `kid` of a secret in the key set",
            hmac("HS256", "secret", Signer::HmacOfRsa),
            SymmetricAlgorithm,
        )
            .into(),
        ("HS384", named("HS384"), SymmetricAlgorithm).into(),
        ("HS512", named("HS512"), SymmetricAlgorithm).into(),
        ("ES256K, which no key here is for", named("ES256K"), UnknownAlgorithm).into(),
        ("ES512, which no key here is for", named("ES512"), UnknownAlgorithm).into(),
        ("an algorithm in lower case", named("rs256"), UnknownAlgorithm).into(),
        ("an algorithm with a space after it", named("RS256 "), UnknownAlgorithm).into(),
        ("two algorithms in one text", named("RS256,none"), UnknownAlgorithm).into(),
        ("an algorithm of encryption", named("RSA-OAEP"), UnknownAlgorithm).into(),
        ("an empty algorithm", named(""), UnknownAlgorithm).into(),
        ("an algorithm that is a number", plain.clone().header("alg", 256), BadHeader("alg")).into(),
        ("an algorithm that is a list", plain.clone().header("alg", json!(["RS256"])), BadHeader("alg")).into(),
        ("an algorithm that is null", plain.clone().header("alg", Value::Null), BadHeader("alg")).into(),
        ("no algorithm", plain.without_header("alg"), BadHeader("alg")).into(),
    ]
}

fn types(issuer: &Issuer) -> Vec<Refused> {
    let typed = |name: &str| issuer.token().header("typ", name);
    vec![
        ("the type of an ID token", typed("id_token+jwt"), Type).into(),
        ("the type of a logout token", typed("logout+jwt"), Type).into(),
        ("the type of a security event", typed("secevent+jwt"), Type).into(),
        ("the type of a DPoP proof", typed("dpop+jwt"), Type).into(),
        ("the type of a refresh token", typed("rt+jwt"), Type).into(),
        ("the type of an authorization grant of another domain", typed("oauth-id-jag+jwt"), Type).into(),
        ("the type of an answer of introspection", typed("token-introspection+jwt"), Type).into(),
        ("the type of an authorization request", typed("oauth-authz-req+jwt"), Type).into(),
        ("the type of any JWS", typed("JOSE"), Type).into(),
        ("a type with a parameter", typed("at+jwt; charset=utf-8"), Type).into(),
        ("a type with a space before it", typed(" at+jwt"), Type).into(),
        ("an empty type", typed(""), Type).into(),
        ("a type that is a number", issuer.token().header("typ", 1), BadHeader("typ")).into(),
        ("a type that is null", issuer.token().header("typ", Value::Null), BadHeader("typ")).into(),
    ]
}

fn extensions(issuer: &Issuer) -> Vec<Refused> {
    let plain = issuer.token();
    let with = |name: &str, value: Value| plain.clone().header(name, value);
    let attacker = |token: Token| token.by("RS256", "rsa", Signer::OtherRsa("RS256"));
    let mut attackers_key = public_jwk(Signer::OtherRsa("RS256"));
    attackers_key["kid"] = json!("attacker");
    vec![
        ("`crit` with a registered claim", with("crit", json!(["exp"])).header("exp", 1), Critical("crit")).into(),
        ("`crit` with an unknown extension", with("crit", json!(["x"])).header("x", true), Critical("crit")).into(),
        ("an empty `crit`", with("crit", json!([])), Critical("crit")).into(),
        ("`crit` that is null", with("crit", Value::Null), Critical("crit")).into(),
        (
            "an unencoded payload by `b64` and `crit`",
            with("crit", json!(["b64"])).header("b64", false),
            Critical("crit"),
        )
            .into(),
        ("`b64` false without `crit`", with("b64", json!(false)), Critical("b64")).into(),
        ("`b64` true without `crit`", with("b64", json!(true)), Critical("b64")).into(),
        ("a `kid` that is a number", with("kid", json!(7)), BadHeader("kid")).into(),
        ("a `kid` that is null", with("kid", Value::Null), BadHeader("kid")).into(),
        ("a `kid` that is a list", with("kid", json!(["rsa"])), BadHeader("kid")).into(),
        (
            "an attacker's key in `jwk` with its own `kid`",
            attacker(with("jwk", attackers_key.clone())).header("kid", "attacker"),
            UnknownKey,
        )
            .into(),
        ("an attacker's key in `jwk` with a `kid` of the issuer", attacker(with("jwk", attackers_key)), Signature)
            .into(),
        ("an attacker's key set in `jku`", attacker(with("jku", json!("https://attacker.example/jwks"))), Signature)
            .into(),
        ("an attacker's certificate in `x5u`", attacker(with("x5u", json!("https://attacker.example/c"))), Signature)
            .into(),
        ("an attacker's certificate in `x5c`", attacker(with("x5c", json!(["MIIC"]))), Signature).into(),
    ]
}
