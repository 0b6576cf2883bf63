//! Rules that depend on the configuration, and sizes that no request can have.

use auth::{ALGORITHMS, ClaimRules, MAX_TOKEN, TokenError, algorithm_from_name, verify_token};
use test_tokens::{Issuer, Signer};

use crate::{KEYS, verify, verify_by};

#[test]
fn an_algorithm_that_is_not_allowed_is_refused_though_the_key_is_for_it() {
    let issuer = Issuer::example();
    let rules = issuer.rules();
    for (name, key_id, signer) in [
        ("RS256", "rsa", Signer::Rsa("RS256")),
        ("PS512", "rsa", Signer::Rsa("PS512")),
        ("ES256", "p256", Signer::P256),
        ("EdDSA", "ed25519", Signer::Ed25519),
    ] {
        let token = issuer.token().by(name, key_id, signer).signed();
        let algorithm = algorithm_from_name(name).unwrap();
        let others: Vec<_> =
            ALGORITHMS.into_iter().map(|(_, other)| other).filter(|other| *other != algorithm).collect();
        let verdict = verify_token(&token, &KEYS, &others, &rules, issuer.now_s);
        assert_eq!(verdict.err(), Some(TokenError::AlgorithmNotAllowed(name)));
        assert!(verify_token(&token, &KEYS, &[algorithm], &rules, issuer.now_s).is_ok(), "{name}");
        assert!(verify_token(&token, &KEYS, &[], &rules, issuer.now_s).is_err(), "{name}");
    }
}

#[test]
fn a_token_of_a_megabyte_is_refused_before_it_is_read() {
    let issuer = Issuer::example();
    for token in ["a".repeat(1 << 20), ".".repeat(1 << 20), "é".repeat(1 << 19)] {
        assert_eq!(verify(&issuer, &token).err(), Some(TokenError::TooLarge { limit: MAX_TOKEN }));
    }
    assert_eq!(verify(&issuer, &"a".repeat(MAX_TOKEN)).err(), Some(TokenError::NotCompact));
}

#[test]
fn without_skew_a_token_counts_until_the_second_of_its_expiry() {
    let issuer = Issuer::example();
    let rules = ClaimRules { clock_skew_s: 0, ..issuer.rules() };
    let verdict =
        |claim: &str, time: u64| verify_by(&rules, &issuer, &issuer.token().claim(claim, time).signed()).err();
    let now = issuer.now_s;
    assert_eq!(verdict("exp", now), Some(TokenError::Expired));
    assert_eq!(verdict("exp", now + 1), None);
    assert_eq!(verdict("nbf", now), None);
    assert_eq!(verdict("nbf", now + 1), Some(TokenError::NotYetValid));
    assert_eq!(verdict("iat", now), None);
    assert_eq!(verdict("iat", now + 1), Some(TokenError::IssuedInFuture));
}

#[test]
fn a_clock_at_its_ends_makes_no_token_valid() {
    let issuer = Issuer::example();
    let rules = ClaimRules { clock_skew_s: u32::MAX, ..issuer.rules() };
    let token = issuer.token().signed();
    let verdict = |now_s: u64| verify_by(&rules, &Issuer { now_s, ..issuer.clone() }, &token).err();
    assert_eq!(verdict(u64::MAX), Some(TokenError::Expired));
    assert_eq!(verdict(0), None);
}

#[test]
fn an_audience_of_the_operator_counts_beside_the_resource() {
    let issuer = Issuer::example();
    let named = |audiences: &[&str]| ClaimRules {
        audiences: audiences.iter().map(|audience| (*audience).to_owned()).collect(),
        ..issuer.rules()
    };
    // A token's audience, the audiences that count, and whether one of them is it.
    for (audience, audiences, same) in [
        ("https://mcp.example", &["https://mcp.example"][..], true),
        ("https://mcp.example/", &["https://mcp.example"], true),
        ("https://mcp.example", &["https://mcp.example/"], true),
        ("HTTPS://MCP.example", &["https://mcp.example"], true),
        ("https://mcp.example:443", &["https://mcp.example"], true),
        ("https://mcp.example:443/mcp", &["https://mcp.example/mcp"], true),
        ("http://mcp.example:80/mcp", &["http://mcp.example/mcp"], true),
        ("https://mcp.example/mcp", &["https://MCP.EXAMPLE:443/mcp"], true),
        ("https://[2001:DB8::1]/mcp", &["https://[2001:db8::1]/mcp"], true),
        ("https://mcp.example/mcp?x=1", &["https://mcp.example/mcp?x=1"], true),
        ("api://0f0f5d5c", &["https://mcp.example/mcp", "api://0f0f5d5c"], true),
        ("0f0f5d5c-0b55-4d6f-8a0c-5c1d2e3f4a5b", &["0f0f5d5c-0b55-4d6f-8a0c-5c1d2e3f4a5b"], true),
        ("urn:example:mcp", &["urn:example:mcp"], true),
        ("https://mcp.example//", &["https://mcp.example"], false),
        ("https://mcp.example/mcp/", &["https://mcp.example/mcp"], false),
        ("https://mcp.example/mcp", &["https://mcp.example/mcp/"], false),
        ("https://mcp.example/?", &["https://mcp.example/"], false),
        ("https://mcp.example?x=1", &["https://mcp.example/?x=1"], false),
        ("https://mcp.example:80", &["https://mcp.example"], false),
        ("http://mcp.example:443", &["https://mcp.example"], false),
        ("http://mcp.example", &["https://mcp.example"], false),
        ("https://mcp.example.", &["https://mcp.example"], false),
        ("https://mcp.example\\@other.example", &["https://mcp.example"], false),
        ("https://mcp.example@other.example", &["https://mcp.example"], false),
        ("https://127.1/mcp", &["https://127.0.0.1/mcp"], false),
        ("https://0x7f.0.0.1/mcp", &["https://127.0.0.1/mcp"], false),
        ("https://mcp%2eexample/mcp", &["https://mcp.example/mcp"], false),
        ("https:mcp.example/mcp", &["https://mcp.example/mcp"], false),
        ("https:///mcp.example/mcp", &["https://mcp.example/mcp"], false),
        ("https://mcp.exam\tple/mcp", &["https://mcp.example/mcp"], false),
        ("https://\u{ff4d}cp.example/mcp", &["https://mcp.example/mcp"], false),
        ("API://0f0f5d5c", &["api://0f0f5d5c"], false),
        ("urn:EXAMPLE:mcp", &["urn:example:mcp"], false),
        ("https://mcp.example/mcp", &[], false),
    ] {
        let token = issuer.token().claim("aud", audience).signed();
        let verdict = verify_by(&named(audiences), &issuer, &token).err();
        assert_eq!(verdict, (!same).then_some(TokenError::Audience), "{audience} {audiences:?}");
    }
}
