//! Which key sets are read, which of their keys are used, and why others are not.

use auth::{KeySet, KeySetError, MAX_KEY_SET, MAX_KEYS, SkippedKeyReason as Reason};
use serde_json::{Value, json};
use test_tokens::{Issuer, Signer, encoded, public_jwk};

/// A modulus of this many bits.
fn modulus(bits: usize) -> String {
    let mut modulus = vec![0xff; bits.div_ceil(8)];
    modulus[0] = 0xff >> (modulus.len() * 8 - bits);
    encoded(modulus)
}

fn with(mut key: Value, member: &str, value: Value) -> Value {
    key[member] = value;
    key
}

fn without(mut key: Value, member: &str) -> Value {
    key.as_object_mut().unwrap().remove(member);
    key
}

fn rsa() -> Value {
    public_jwk(Signer::Rsa("RS256"))
}

fn skipped(key: &Value) -> Option<Reason> {
    let set = KeySet::parse(json!({"keys": [key]}).to_string().as_bytes()).unwrap();
    assert_eq!(set.len() + set.skipped().len(), 1);
    set.skipped().first().map(|skipped| skipped.reason.clone())
}

#[test]
fn a_key_that_cannot_be_used_is_left_out_for_a_reason() {
    let (p256, ed25519) = (public_jwk(Signer::P256), public_jwk(Signer::Ed25519));
    for (key, reason) in [
        (json!("key"), Reason::NotObject),
        (json!({}), Reason::BadMember("kty")),
        (with(rsa(), "kty", json!(1)), Reason::BadMember("kty")),
        (with(rsa(), "kty", json!("rsa")), Reason::UnknownKind),
        (json!({"kty": "oct", "k": "c2VjcmV0"}), Reason::Private("k")),
        (with(rsa(), "d", json!("AQAB")), Reason::Private("d")),
        (with(ed25519.clone(), "d", json!("AQAB")), Reason::Private("d")),
        (with(rsa(), "kid", json!(1)), Reason::BadMember("kid")),
        (with(rsa(), "use", json!("enc")), Reason::Use("use")),
        (with(rsa(), "use", json!(["sig"])), Reason::BadMember("use")),
        (with(rsa(), "key_ops", json!(["sign"])), Reason::Use("key_ops")),
        (with(rsa(), "key_ops", json!([])), Reason::Use("key_ops")),
        (with(rsa(), "key_ops", json!("verify")), Reason::BadMember("key_ops")),
        (with(rsa(), "alg", json!("HS256")), Reason::Algorithm),
        (with(rsa(), "alg", json!("none")), Reason::Algorithm),
        (with(rsa(), "alg", json!("ES256")), Reason::Algorithm),
        (with(rsa(), "alg", json!("RSA-OAEP-256")), Reason::Algorithm),
        (with(p256.clone(), "alg", json!("ES384")), Reason::Algorithm),
        (with(ed25519.clone(), "alg", json!("RS256")), Reason::Algorithm),
        (without(rsa(), "n"), Reason::BadMember("n")),
        (with(rsa(), "n", json!("not base64url")), Reason::BadMember("n")),
        (with(rsa(), "n", json!(modulus(512))), Reason::RsaSize { bits: 512 }),
        (with(rsa(), "n", json!(modulus(1024))), Reason::RsaSize { bits: 1024 }),
        (with(rsa(), "n", json!(modulus(2047))), Reason::RsaSize { bits: 2047 }),
        (with(rsa(), "n", json!(modulus(8193))), Reason::RsaSize { bits: 8193 }),
        (with(rsa(), "n", json!(modulus(65536))), Reason::RsaSize { bits: 65536 }),
        (with(rsa(), "n", json!("")), Reason::RsaSize { bits: 0 }),
        (with(rsa(), "n", json!(encoded([0; 256]))), Reason::RsaSize { bits: 0 }),
        (with(rsa(), "n", json!(encoded([0xfe; 256]))), Reason::RsaModulus),
        (without(rsa(), "e"), Reason::BadMember("e")),
        (with(rsa(), "e", json!("")), Reason::RsaExponent),
        (with(rsa(), "e", json!(encoded([0]))), Reason::RsaExponent),
        (with(rsa(), "e", json!(encoded([1]))), Reason::RsaExponent),
        (with(rsa(), "e", json!(encoded([2]))), Reason::RsaExponent),
        (with(rsa(), "e", json!(encoded([1, 0, 0]))), Reason::RsaExponent),
        (with(rsa(), "e", json!(encoded([1, 0, 0, 0, 1]))), Reason::RsaExponent),
        (with(rsa(), "e", json!(encoded([0xff; 256]))), Reason::RsaExponent),
        (with(p256.clone(), "crv", json!("P-521")), Reason::UnknownKind),
        (with(p256.clone(), "crv", json!("secp256k1")), Reason::UnknownKind),
        (with(p256.clone(), "crv", json!("P-384")), Reason::BadMember("x")),
        (with(p256.clone(), "x", json!(encoded([1; 31]))), Reason::BadMember("x")),
        (with(p256.clone(), "y", json!(encoded([1; 33]))), Reason::BadMember("y")),
        (without(p256, "y"), Reason::BadMember("y")),
        (with(ed25519.clone(), "crv", json!("X25519")), Reason::UnknownKind),
        (with(ed25519.clone(), "crv", json!("Ed448")), Reason::UnknownKind),
        (with(ed25519.clone(), "x", json!(encoded([1; 31]))), Reason::BadMember("x")),
        (with(ed25519.clone(), "x", json!(encoded([1; 33]))), Reason::BadMember("x")),
        (with(ed25519, "x", json!("")), Reason::BadMember("x")),
    ] {
        assert_eq!(skipped(&key), Some(reason), "{key}");
    }
}

#[test]
fn a_key_at_the_limits_is_used() {
    for key in [
        rsa(),
        with(rsa(), "n", json!(modulus(2048))),
        with(rsa(), "n", json!(modulus(8192))),
        // Some libraries write a zero octet first.
        with(rsa(), "n", json!(encoded([vec![0], vec![0xff; 256]].concat()))),
        with(rsa(), "e", json!(encoded([3]))),
        with(rsa(), "e", json!(encoded([0xff, 0xff, 0xff, 0xff]))),
        with(rsa(), "key_ops", json!(["verify", "sign"])),
        with(rsa(), "x5u", json!("https://attacker.example/")),
        with(public_jwk(Signer::Ed25519), "alg", json!("Ed25519")),
        public_jwk(Signer::P384),
    ] {
        assert_eq!(skipped(&key), None, "{key}");
    }
}

#[test]
fn a_text_that_is_no_key_set_is_refused() {
    let parse = |text: &str| KeySet::parse(text.as_bytes()).err();
    assert_eq!(parse("{}"), Some(KeySetError::NoKeys));
    assert_eq!(parse("[]"), Some(KeySetError::NoKeys));
    assert_eq!(parse("null"), Some(KeySetError::NoKeys));
    assert_eq!(parse(r#"{"keys":{}}"#), Some(KeySetError::NoKeys));
    assert!(matches!(parse("<!DOCTYPE html><html>"), Some(KeySetError::NotJson(_))));
    assert!(matches!(parse(""), Some(KeySetError::NotJson(_))));
    assert!(matches!(parse(r#"{"keys":[],"keys":[]}"#), Some(KeySetError::NotJson(_))));
    assert!(matches!(parse(r#"{"keys":[{"kid":"a","k\u0069d":"b"}]}"#), Some(KeySetError::NotJson(_))));
    assert!(matches!(parse(&"[".repeat(100_000)), Some(KeySetError::NotJson(_))));
    assert!(matches!(KeySet::parse(&[0xff, 0xfe]), Err(KeySetError::NotJson(_))));
    let set = |count: usize| json!({"keys": vec![json!({"kty": "EC"}); count]}).to_string();
    assert_eq!(parse(&set(10_000)), Some(KeySetError::TooManyKeys(10_000)));
    assert_eq!(parse(&set(MAX_KEYS + 1)), Some(KeySetError::TooManyKeys(MAX_KEYS + 1)));
    assert_eq!(parse(&set(MAX_KEYS)), None);
    let padded = |length: usize| [r#"{"keys":[]}"#, &" ".repeat(length - 11)].concat();
    assert_eq!(parse(&padded(50 * 1024 * 1024)), Some(KeySetError::TooLarge));
    assert_eq!(parse(&padded(MAX_KEY_SET + 1)), Some(KeySetError::TooLarge));
    assert_eq!(parse(&padded(MAX_KEY_SET)), None);
}

#[test]
fn of_many_keys_with_one_kid_four_are_tried_and_of_equal_keys_one() {
    let keys =
        (0..6_u8).map(|number| json!({"kid": "same", "kty": "OKP", "crv": "Ed25519", "x": encoded([number; 32])}));
    let mut keys: Vec<_> = keys.collect();
    keys.insert(1, keys[0].clone());
    let set = KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap();
    let skipped: Vec<_> = set.skipped().iter().map(|skipped| (skipped.index, skipped.reason.clone())).collect();
    let too_many = Reason::TooManyOfKeyId { limit: 4 };
    assert_eq!(skipped, [(1, Reason::Repeated), (5, too_many.clone()), (6, too_many)]);
    assert_eq!(set.len(), 4);
}

#[test]
fn sets_are_equal_by_their_keys() {
    let issuer = Issuer::example();
    let set = |keys: &[Value]| KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap();
    let a = with(rsa(), "kid", json!("a"));
    let b = with(public_jwk(Signer::P256), "kid", json!("b"));
    let both = set(&[a.clone(), b.clone()]);
    assert_eq!(both, set(&[b.clone(), a.clone()]));
    assert_eq!(both, set(&[b.clone(), a.clone(), json!({})]), "keys that are not used do not count");
    assert_eq!(both, set(&[with(b.clone(), "x5t", json!("x")), a.clone()]));
    assert_ne!(both, set(std::slice::from_ref(&a)));
    assert_ne!(both, set(&[a.clone(), with(b.clone(), "kid", json!("c"))]), "another `kid`");
    assert_ne!(both, set(&[with(a, "alg", json!("PS256")), b.clone()]), "another use");
    assert_ne!(
        both,
        set(&[with(public_jwk(Signer::OtherRsa("RS256")), "kid", json!("a")), b]),
        "a new key of one `kid`"
    );
    assert_eq!(KeySet::parse(issuer.jwks().as_bytes()), KeySet::parse(issuer.jwks().as_bytes()));
}

#[test]
fn a_set_has_the_key_ids_of_the_keys_that_it_uses() {
    let set = KeySet::parse(Issuer::example().jwks().as_bytes()).unwrap();
    for used in ["rsa", "rsa-rs256", "p256", "p384", "ed25519", "twice", "off-curve"] {
        assert!(set.has(Some(used)), "{used}");
    }
    for unused in ["encryption", "signing", "exponent-1", "bits-512", "p521", "secret", "", "unknown"] {
        assert!(!set.has(Some(unused)), "{unused}");
    }
    assert!(set.has(None));
    let empty = KeySet::parse(br#"{"keys":[]}"#).unwrap();
    assert!(empty.is_empty() && !empty.has(None) && !set.is_empty());
}
