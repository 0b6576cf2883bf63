//! `wasmcp check --token-file`: which rule a token breaks, the exit status by which scripts notice, and that nothing of the token is printed.

use std::fs::{self, File};
use std::process::{Command, Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use test_tokens::{Issuer, Signer, Token};
use wasmcp_tests::{program, scratch};

use crate::canary::parts;

/// A claim that the server does not use, and so must not print.
const UNUSED_CLAIM: &str = "a-claim-that-is-not-used";

/// The command with the settings of a server that trusts the issuer, without a token.
fn check(issuer: &Issuer, settings: &[&str]) -> Command {
    let mut command = Command::new(program("wasmcp").unwrap());
    command.args(["check", "--log-level", "debug"]);
    let jwks = issuer.jwks();
    for (name, value) in [("issuers", &issuer.issuer), ("resource", &issuer.audience), ("jwks", &jwks)] {
        command.args(["--set", &format!("auth.{name}={value}")]);
    }
    for setting in settings {
        command.args(["--set", setting]);
    }
    command
}

/// What it says of a token.
fn explain(issuer: &Issuer, token: &str, settings: &[&str]) -> Output {
    let file = scratch("token-to-check").unwrap();
    fs::write(&file, format!("{token}\n")).unwrap();
    check(issuer, settings).arg("--token-file").arg(&file).output().unwrap()
}

#[test]
fn a_token_is_explained_rule_by_rule_and_not_printed() {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let plain = || issuer.token().claim("unused", UNUSED_CLAIM);
    let claim = |name: &str, value: u64| plain().claim(name, value).signed();
    let by = |algorithm: &str, key_id: &str, signer| plain().by(algorithm, key_id, signer).signed();
    let without = |claim: &str| plain().without(claim).signed();
    let typed = |name: &str| plain().header("typ", name).signed();
    let none: &[&str] = &[];
    let of_scopes: &[&str] = &["auth.required-scopes=tools:admin"];
    let of_algorithms: &[&str] = &["auth.algorithms=ES256,EdDSA"];
    let unsigned = {
        let (header, claims) = plain().header("alg", "none").parts();
        format!("{}.{}.", test_tokens::encoded(header), test_tokens::encoded(claims))
    };
    let bound = plain().claim("cnf", serde_json::json!({ "jkt": "0ZcOCORZNYy" })).signed();
    for (what, token, settings, failed) in [
        ("a valid token", plain().signed(), none, None),
        ("a valid token by another algorithm", by("ES256", "p256", Signer::P256), of_algorithms, None),
        ("a text without dots", "an-opaque-token-of-some-length".to_owned(), none, Some("form: ")),
        ("nothing", String::new(), none, Some("form: ")),
        ("a token that is too long", plain().claim("more", "x".repeat(17 << 10)).signed(), none, Some("form: ")),
        ("a token without a signature", unsigned, none, Some("form: ")),
        ("a shared secret", by("HS256", "rsa", Signer::HmacOfRsa), none, Some("form: ")),
        ("an ID token", typed("id_token+jwt"), none, Some("form: ")),
        ("no issuer", without("iss"), none, Some("issuer: ")),
        (
            "another issuer",
            plain().claim("iss", "https://other.example").signed(),
            none,
            Some("issuer: the server does not trust its issuer: the token has `https://other.example`"),
        ),
        ("an algorithm that is not allowed", plain().signed(), of_algorithms, Some("algorithm: ")),
        (
            "an unknown key",
            by("RS256", "unknown", Signer::Rsa("RS256")),
            none,
            Some("key: its issuer has no key with its `kid`"),
        ),
        ("one of several keys", plain().without_header("kid").signed(), none, Some("key: ")),
        ("a key for another algorithm", by("ES256", "rsa", Signer::P256), none, Some("key: ")),
        (
            "a signature by another key",
            by("RS256", "rsa", Signer::OtherRsa("RS256")),
            none,
            Some("signature: its signature is wrong"),
        ),
        (
            "another audience",
            plain().claim("aud", "https://other.example/mcp").signed(),
            none,
            Some("audience: it is for another server, by its `aud`; it must be https://mcp.example/mcp"),
        ),
        ("no audience", without("aud"), none, Some("audience: ")),
        ("an expired token", claim("exp", now_s - 3600), none, Some("time: it has expired")),
        ("no expiry", without("exp"), none, Some("time: ")),
        ("a token for later", claim("nbf", now_s + 3600), none, Some("time: it is not valid yet")),
        ("a token of the future", claim("iat", now_s + 3600), none, Some("time: it was issued in the future")),
        ("no subject", without("sub"), none, Some("claims: it does not say in `sub` who it is for")),
        ("a token that is bound to a key", bound, none, Some("claims: it is bound to a key by `cnf`")),
        ("too few scopes", plain().signed(), of_scopes, Some("scopes: ")),
    ] {
        let output = explain(&issuer, &token, settings);
        let (said, log) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let failures: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("FAILED  ")).collect();
        match failed {
            None => {
                assert_eq!(output.status.code(), Some(0), "{what}: {said}{log}");
                assert!(failures.is_empty() && said.contains("\npassed  signature: "), "{what}: {said}");
                assert!(said.contains("\npassed  caller: subject `user-1`, client `client-1`"), "{what}: {said}");
            }
            Some(rule) => {
                assert_eq!(output.status.code(), Some(1), "{what}: {said}{log}");
                assert!(failures.len() == 1 && failures.concat().starts_with(rule), "{what}: {said}");
                assert!(log.contains("wasmcp: the server would refuse this token"), "{what}: {log}");
            }
        }
        for part in parts(&token).chain([UNUSED_CLAIM]) {
            // The beginning of a part would betray most of what is in it.
            let beginning = part.get(..16).unwrap_or(part);
            assert!(!said.contains(beginning) && !log.contains(beginning), "{what}: {said}{log}");
        }
    }
}

#[test]
fn a_token_may_come_from_standard_input_and_has_to_be_readable() {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let issuer = Issuer { now_s, ..Issuer::example() };
    let input = |name: &str, token: Token| {
        let file = scratch(name).unwrap();
        fs::write(&file, token.signed()).unwrap();
        Stdio::from(File::open(file).unwrap())
    };
    let expired = issuer.token().claim("exp", now_s - 3600);
    for (what, input, file, status, said) in [
        ("a valid token", input("valid", issuer.token()), "-", 0, "passed  scopes: "),
        ("an expired token", input("expired", expired), "-", 1, "FAILED  time: it has expired"),
        ("no file", Stdio::null(), "no-such-file", 1, "cannot read `no-such-file`"),
    ] {
        let output = check(&issuer, &[]).args(["--token-file", file]).stdin(input).output().unwrap();
        let all = [output.stdout, output.stderr].concat();
        let all = String::from_utf8_lossy(&all);
        assert_eq!(output.status.code(), Some(status), "{what}: {all}");
        assert!(all.contains(said), "{what}: {all}");
    }
}
