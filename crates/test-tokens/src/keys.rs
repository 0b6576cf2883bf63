//! Keys that exist for tests: the files beside this one were made by openssl, protect nothing and are trusted by no server.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, Ed25519KeyPair, KeyPair as _, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_SHA256, RSA_PSS_SHA384, RSA_PSS_SHA512, RsaEncoding, RsaKeyPair, RsaPublicKeyComponents,
};
use ring::{digest, hmac};
use serde_json::{Value, json};

/// How a token is signed. The name of the algorithm in its header is said apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// RSASSA-PKCS1-v1_5 or RSASSA-PSS by the algorithm's name, with the issuer's key.
    Rsa(&'static str),
    /// The same with a key that is not the issuer's.
    OtherRsa(&'static str),
    /// ECDSA on P-256.
    P256,
    /// The same in the form of X.509, which JWS does not have.
    P256Der,
    /// ECDSA on P-256 with a key that is not the issuer's.
    OtherP256,
    /// ECDSA on P-384.
    P384,
    /// EdDSA on Ed25519.
    Ed25519,
    /// HMAC with SHA-256 and the modulus of the issuer's RSA key as the secret.
    HmacOfRsa,
    /// HMAC with SHA-256 and the point of the issuer's P-256 key as the secret.
    HmacOfP256,
    /// What an RSA key with the exponent 1 takes for a signature: the encoded digest, which everyone can write (RFC 8017 §9.2).
    RsaExponentOne,
    /// This many zero bytes.
    Zeros(usize),
}

impl Signer {
    /// The signature of a message.
    pub fn sign(self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        let with_rsa = |key: &RsaKeyPair, algorithm: &str| {
            let mut signature = vec![0; key.public().modulus_len()];
            key.sign(rsa_encoding(algorithm), &random, message, &mut signature).unwrap();
            signature
        };
        let with_ec = |der: &[u8], algorithm: &'static EcdsaSigningAlgorithm| {
            let key = EcdsaKeyPair::from_pkcs8(algorithm, der, &random).unwrap();
            key.sign(&random, message).unwrap().as_ref().to_vec()
        };
        let hmac = |secret: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            hmac::sign(&key, message).as_ref().to_vec()
        };
        match self {
            Self::Rsa(algorithm) => with_rsa(&rsa(RSA), algorithm),
            Self::OtherRsa(algorithm) => with_rsa(&rsa(OTHER_RSA), algorithm),
            Self::P256 => with_ec(P256, &ECDSA_P256_SHA256_FIXED_SIGNING),
            Self::P256Der => with_ec(P256, &ECDSA_P256_SHA256_ASN1_SIGNING),
            Self::OtherP256 => with_ec(OTHER_P256, &ECDSA_P256_SHA256_FIXED_SIGNING),
            Self::P384 => with_ec(P384, &ECDSA_P384_SHA384_FIXED_SIGNING),
            Self::Ed25519 => ed25519().sign(message).as_ref().to_vec(),
            Self::HmacOfRsa => hmac(&components(RSA).n),
            Self::HmacOfP256 => hmac(&point(P256, &ECDSA_P256_SHA256_FIXED_SIGNING)),
            Self::RsaExponentOne => encoded_digest(message),
            Self::Zeros(length) => vec![0; length],
        }
    }
}

const RSA: &[u8] = include_bytes!("keys/rsa.der");
const OTHER_RSA: &[u8] = include_bytes!("keys/rsa-other.der");
const P256: &[u8] = include_bytes!("keys/p256.der");
const OTHER_P256: &[u8] = include_bytes!("keys/p256-other.der");
const P384: &[u8] = include_bytes!("keys/p384.der");
const ED25519: &[u8] = include_bytes!("keys/ed25519.der");

fn rsa(der: &[u8]) -> RsaKeyPair {
    RsaKeyPair::from_der(der).unwrap()
}

fn components(der: &[u8]) -> RsaPublicKeyComponents<Vec<u8>> {
    rsa(der).public().into()
}

fn ed25519() -> Ed25519KeyPair {
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(ED25519).unwrap()
}

fn rsa_encoding(algorithm: &str) -> &'static dyn RsaEncoding {
    match algorithm {
        "RS256" => &RSA_PKCS1_SHA256,
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        "PS256" => &RSA_PSS_SHA256,
        "PS384" => &RSA_PSS_SHA384,
        "PS512" => &RSA_PSS_SHA512,
        _ => panic!("{algorithm} is not an algorithm of RSA"),
    }
}

fn point(der: &[u8], algorithm: &'static EcdsaSigningAlgorithm) -> Vec<u8> {
    EcdsaKeyPair::from_pkcs8(algorithm, der, &SystemRandom::new()).unwrap().public_key().as_ref().to_vec()
}

/// EMSA-PKCS1-v1_5 of SHA-256, as long as a modulus of 2048 bits.
fn encoded_digest(message: &[u8]) -> Vec<u8> {
    let hash = digest::digest(&digest::SHA256, message);
    let info = [
        0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
        0x20,
    ];
    let mut encoded = vec![0, 1];
    encoded.resize(256 - info.len() - 33, 0xff);
    encoded.push(0);
    [encoded, info.to_vec(), hash.as_ref().to_vec()].concat()
}

/// The public key of a signer, without `kid`, `alg` and `use`.
pub fn public_jwk(signer: Signer) -> Value {
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let of_rsa = |der| {
        let RsaPublicKeyComponents { n, e } = components(der);
        json!({"kty": "RSA", "n": encoded(&n), "e": encoded(&e)})
    };
    let of_ec = |der, algorithm, curve: &str| {
        let point = point(der, algorithm);
        let (x, y) = point[1..].split_at(point.len() / 2);
        json!({"kty": "EC", "crv": curve, "x": encoded(x), "y": encoded(y)})
    };
    match signer {
        Signer::Rsa(_) => of_rsa(RSA),
        Signer::OtherRsa(_) => of_rsa(OTHER_RSA),
        Signer::P256 => of_ec(P256, &ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"),
        Signer::OtherP256 => of_ec(OTHER_P256, &ECDSA_P256_SHA256_FIXED_SIGNING, "P-256"),
        Signer::P384 => of_ec(P384, &ECDSA_P384_SHA384_FIXED_SIGNING, "P-384"),
        Signer::Ed25519 => json!({"kty": "OKP", "crv": "Ed25519", "x": encoded(ed25519().public_key().as_ref())}),
        _ => panic!("{signer:?} has no public key of its own"),
    }
}
