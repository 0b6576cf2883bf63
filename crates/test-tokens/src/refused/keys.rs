//! Tokens that no key of the issuer has signed, or not with an algorithm that the key is for.

use auth::TokenError::*;

use super::Refused;
use crate::keys::Signer;
use crate::{Issuer, encoded};

pub(super) fn refused(issuer: &Issuer) -> Vec<Refused> {
    [named(issuer), mismatched(issuer), forged(issuer)].concat()
}

fn named(issuer: &Issuer) -> Vec<Refused> {
    let rsa = |key_id: &str| issuer.token().by("RS256", key_id, Signer::Rsa("RS256"));
    vec![
        ("a `kid` that the issuer does not have", rsa("unknown"), UnknownKey).into(),
        ("an empty `kid`", rsa(""), UnknownKey).into(),
        ("a `kid` in other case", rsa("RSA"), UnknownKey).into(),
        ("a `kid` that is a path", rsa("../../../../dev/null"), UnknownKey).into(),
        ("a `kid` that is a URL", rsa("https://attacker.example/key.pem"), UnknownKey).into(),
        ("a `kid` that is a query", rsa("x' UNION SELECT 'key' --"), UnknownKey).into(),
        ("a `kid` of 4,000 letters", rsa(&"k".repeat(4000)), UnknownKey).into(),
        ("no `kid` where several keys fit", rsa("").without_header("kid"), AmbiguousKey).into(),
        ("a key that `use` gives for encryption", rsa("encryption"), UnknownKey).into(),
        ("a key that `key_ops` gives for signing alone", rsa("signing"), UnknownKey).into(),
        ("a key of 512 bits", rsa("bits-512"), UnknownKey).into(),
        (
            "a key with the exponent 1, for which everyone can sign",
            issuer.token().by("RS256", "exponent-1", Signer::RsaExponentOne),
            UnknownKey,
        )
            .into(),
        ("a key on a curve that is not known", issuer.token().by("ES256", "p521", Signer::P256), UnknownKey).into(),
        ("a key that is a point off its curve", issuer.token().by("ES256", "off-curve", Signer::P256), Signature)
            .into(),
    ]
}

fn mismatched(issuer: &Issuer) -> Vec<Refused> {
    let by = |algorithm, key_id, signer| issuer.token().by(algorithm, key_id, signer);
    vec![
        ("RS256 with the `kid` of a P-256 key", by("RS256", "p256", Signer::Rsa("RS256")), KeyMismatch).into(),
        ("ES256 with the `kid` of an RSA key", by("ES256", "rsa", Signer::P256), KeyMismatch).into(),
        ("ES384 with the `kid` of a P-256 key", by("ES384", "p256", Signer::P384), KeyMismatch).into(),
        ("ES256 with the `kid` of a P-384 key", by("ES256", "p384", Signer::P256), KeyMismatch).into(),
        ("EdDSA with the `kid` of an RSA key", by("EdDSA", "rsa", Signer::Ed25519), KeyMismatch).into(),
        ("EdDSA with the `kid` of a P-256 key", by("EdDSA", "p256", Signer::Ed25519), KeyMismatch).into(),
        ("ES256 with the `kid` of an Ed25519 key", by("ES256", "ed25519", Signer::P256), KeyMismatch).into(),
        ("PS256 with a key that is for RS256", by("PS256", "rsa-rs256", Signer::Rsa("PS256")), KeyMismatch).into(),
        ("RS512 with a key that is for RS256", by("RS512", "rsa-rs256", Signer::Rsa("RS512")), KeyMismatch).into(),
        ("a signature by PS256 that is named RS256", by("RS256", "rsa", Signer::Rsa("PS256")), Signature).into(),
        ("a signature by RS256 that is named PS256", by("PS256", "rsa", Signer::Rsa("RS256")), Signature).into(),
        ("a signature by RS512 that is named RS256", by("RS256", "rsa", Signer::Rsa("RS512")), Signature).into(),
    ]
}

fn forged(issuer: &Issuer) -> Vec<Refused> {
    let by = |algorithm, key_id, signer| issuer.token().by(algorithm, key_id, signer);
    let token = issuer.token().signed();
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let other = issuer.token().claim("sub", "admin").signed();
    let other_claims = other.split('.').nth(1).unwrap();
    let other_header = encoded(r#"{"alg":"RS256","kid":"rsa","typ":"JWT"}"#);
    let ec = by("ES256", "p256", Signer::P256).signed();
    let cut = |token: &str, by: usize| token[..token.len() - by].to_owned();
    vec![
        ("RS256 by another key", by("RS256", "rsa", Signer::OtherRsa("RS256")), Signature).into(),
        ("ES256 by another key", by("ES256", "p256", Signer::OtherP256), Signature).into(),
        ("other claims under the signature", format!("{header}.{other_claims}.{signature}"), Signature).into(),
        ("another header over the signature", format!("{other_header}.{claims}.{signature}"), Signature).into(),
        ("an empty signature", format!("{message}."), Signature).into(),
        ("a signature that is cut", cut(&token, 2), Signature).into(),
        ("a signature that is too long", format!("{ec}AAAA"), Signature).into(),
        ("an RSA signature of zeros", by("RS256", "rsa", Signer::Zeros(256)), Signature).into(),
        ("an ES256 signature of zeros", by("ES256", "p256", Signer::Zeros(64)), Signature).into(),
        ("an ES384 signature of zeros", by("ES384", "p384", Signer::Zeros(96)), Signature).into(),
        ("an EdDSA signature of zeros", by("EdDSA", "ed25519", Signer::Zeros(64)), Signature).into(),
        ("an ES256 signature in the form of X.509", by("ES256", "p256", Signer::P256Der), Signature).into(),
        ("the signature of exponent 1 for a key with another", by("RS256", "rsa", Signer::RsaExponentOne), Signature)
            .into(),
        ("HMAC under the name of RS256", by("RS256", "rsa", Signer::HmacOfRsa), Signature).into(),
    ]
}
