//! One public key (RFC 7517, RFC 7518 §6, RFC 8037), accepted for certain algorithms or refused for a reason.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use serde_json::{Map, Value};

use crate::algorithm;

/// The smallest modulus of an RSA key, in bits (RFC 7518 §3.3).
const MIN_RSA_BITS: usize = 2048;
/// The largest: a signature takes longer to verify the longer the modulus is.
const MAX_RSA_BITS: usize = 8192;
/// The largest exponent of an RSA key.
const MAX_RSA_EXPONENT: u64 = 1 << 32;

/// Why a key of an issuer is not used. Its text continues "the key is not used: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SkippedKeyReason {
    /// It is not an object.
    #[error("it is not a JSON object")]
    NotObject,
    /// This member is missing, of the wrong type, or not in the form that its specification gives.
    #[error("its `{0}` is missing or malformed")]
    BadMember(&'static str),
    /// It has this member of a private or a secret key, which an issuer must not publish.
    #[error("it has `{0}`, a part of a private or secret key: the issuer must replace the key")]
    Private(&'static str),
    /// It is of a kind that the server does not know.
    #[error("its `kty` or `crv` is not one that the server knows")]
    UnknownKind,
    /// `use` or `key_ops` says that it is not for signatures (RFC 7517 §4.2, §4.3).
    #[error("its `{0}` says that it is not for verifying signatures")]
    Use(&'static str),
    /// `alg` is none that the server knows, or none of its kind.
    #[error("its `alg` is not an algorithm that the server knows for its `kty` and `crv`")]
    Algorithm,
    /// The modulus has fewer or more bits than are safe.
    #[error("it has {bits} bits: an RSA key needs {MIN_RSA_BITS} to {MAX_RSA_BITS}")]
    RsaSize {
        /// How many it has.
        bits: usize,
    },
    /// The modulus is even.
    #[error("its `n` is even")]
    RsaModulus,
    /// The exponent is even, 1, or too large.
    #[error("its `e` is not an odd number from 3 to 2^32")]
    RsaExponent,
    /// There are as many keys of its `kid` as are tried.
    #[error("{limit} other keys have its `kid`")]
    TooManyOfKeyId {
        /// How many are tried.
        limit: usize,
    },
    /// The set has it twice.
    #[error("the set has it already")]
    Repeated,
}

impl SkippedKeyReason {
    /// Whether the key may be meant for verifying tokens, so that the issuer or this server has to be mended. Other keys are for another
    /// purpose, or of a kind that is younger than this server.
    pub fn is_fault(&self) -> bool {
        !matches!(self, Self::UnknownKind | Self::Use(_) | Self::Algorithm | Self::Repeated)
    }
}

/// A public key and what it may be used for.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    pub(crate) id: Option<String>,
    pub(crate) algorithms: Vec<Algorithm>,
    pub(crate) verifies: DecodingKey,
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        use DecodingKeyKind::{RsaModulusExponent, SecretOrDer};
        let same = match (self.verifies.kind(), other.verifies.kind()) {
            (SecretOrDer(a), SecretOrDer(b)) => a == b,
            (RsaModulusExponent { n: n_a, e: e_a }, RsaModulusExponent { n: n_b, e: e_b }) => n_a == n_b && e_a == e_b,
            _ => false,
        };
        same && self.id == other.id && self.algorithms == other.algorithms
    }
}

impl Key {
    /// Reads a key. It may be used for all algorithms of its kind, or for the one that its `alg` names.
    pub(crate) fn parse(key: &Value) -> Result<Self, SkippedKeyReason> {
        let members = key.as_object().ok_or(SkippedKeyReason::NotObject)?;
        // Members of private keys (RFC 7518 §6.2.2, §6.3.2, RFC 8037 §2) and of secrets (§6.4).
        for private in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
            if members.contains_key(private) {
                return Err(SkippedKeyReason::Private(private));
            }
        }
        let id = optional_text(members, "kid")?.map(str::to_owned);
        check_use(members)?;
        let verifies = match text(members, "kty")? {
            "RSA" => rsa(members)?,
            "EC" => ec(members)?,
            "OKP" => okp(members)?,
            _ => return Err(SkippedKeyReason::UnknownKind),
        };
        let mut algorithms = match verifies.family() {
            AlgorithmFamily::Ec if members.get("crv") == Some(&Value::from("P-256")) => vec![Algorithm::ES256],
            AlgorithmFamily::Ec => vec![Algorithm::ES384],
            family => family.algorithms().to_vec(),
        };
        if let Some(name) = optional_text(members, "alg")? {
            let only = algorithm::from_name(name).ok_or(SkippedKeyReason::Algorithm)?;
            algorithms.retain(|algorithm| *algorithm == only);
            if algorithms.is_empty() {
                return Err(SkippedKeyReason::Algorithm);
            }
        }
        Ok(Self { id, algorithms, verifies })
    }
}

fn check_use(members: &Map<String, Value>) -> Result<(), SkippedKeyReason> {
    if optional_text(members, "use")?.is_some_and(|r#use| r#use != "sig") {
        return Err(SkippedKeyReason::Use("use"));
    }
    match members.get("key_ops") {
        None => Ok(()),
        Some(Value::Array(operations)) if operations.contains(&Value::from("verify")) => Ok(()),
        Some(Value::Array(_)) => Err(SkippedKeyReason::Use("key_ops")),
        Some(_) => Err(SkippedKeyReason::BadMember("key_ops")),
    }
}

fn rsa(members: &Map<String, Value>) -> Result<DecodingKey, SkippedKeyReason> {
    let modulus = bytes(members, "n")?;
    // Some libraries put a zero octet before it (RFC 7518 §6.3.1.1).
    let modulus = without_leading_zeros(&modulus);
    let bits = bits(modulus);
    if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
        return Err(SkippedKeyReason::RsaSize { bits });
    }
    if modulus.last().is_none_or(|last| last & 1 == 0) {
        return Err(SkippedKeyReason::RsaModulus);
    }
    let exponent = bytes(members, "e")?;
    let exponent = without_leading_zeros(&exponent);
    let value = exponent.iter().try_fold(0_u64, |value, byte| {
        let value = value.checked_mul(256)?.checked_add(u64::from(*byte))?;
        (value <= MAX_RSA_EXPONENT).then_some(value)
    });
    if value.is_none_or(|value| value < 3 || value & 1 == 0) {
        return Err(SkippedKeyReason::RsaExponent);
    }
    Ok(DecodingKey::from_rsa_raw_components(modulus, exponent))
}

fn ec(members: &Map<String, Value>) -> Result<DecodingKey, SkippedKeyReason> {
    // The length of a coordinate is that of the curve (RFC 7518 §6.2.1.2). Whether the point is on it is seen when it verifies.
    let length = match text(members, "crv")? {
        "P-256" => 32,
        "P-384" => 48,
        _ => return Err(SkippedKeyReason::UnknownKind),
    };
    // An uncompressed point (SEC 1 §2.3.3).
    let mut point = vec![4];
    for coordinate in ["x", "y"] {
        let value = bytes(members, coordinate)?;
        if value.len() != length {
            return Err(SkippedKeyReason::BadMember(coordinate));
        }
        point.extend(value);
    }
    Ok(DecodingKey::from_ec_der(&point))
}

fn okp(members: &Map<String, Value>) -> Result<DecodingKey, SkippedKeyReason> {
    if text(members, "crv")? != "Ed25519" {
        return Err(SkippedKeyReason::UnknownKind);
    }
    let key = bytes(members, "x")?;
    if key.len() == 32 { Ok(DecodingKey::from_ed_der(&key)) } else { Err(SkippedKeyReason::BadMember("x")) }
}

fn optional_text<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, SkippedKeyReason> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(SkippedKeyReason::BadMember(name)),
    }
}

fn text<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, SkippedKeyReason> {
    optional_text(members, name)?.ok_or(SkippedKeyReason::BadMember(name))
}

fn bytes(members: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, SkippedKeyReason> {
    URL_SAFE_NO_PAD.decode(text(members, name)?).map_err(|_| SkippedKeyReason::BadMember(name))
}

fn without_leading_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

fn bits(number: &[u8]) -> usize {
    let unused = number.first().map_or(0, |first| first.leading_zeros() as usize);
    (number.len() * 8).saturating_sub(unused)
}
