//! The signatures of tokens, verified by `ring`, which is here for TLS: three to five times as fast as the crates in the component.

use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::signature::{self, Verifier};
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey, DecodingKeyKind};
use ring::signature as ring_signature;

/// What `jsonwebtoken` verifies signatures with. It makes none.
static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: |algorithm, key| Ok(Box::new(RingVerifier::new(*algorithm, key)?)),
    // They are for keys that are made or hashed, which nothing here does.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes the process verify signatures. Again is no error.
pub(crate) fn install_signatures() {
    let _ = PROVIDER.install_default();
}

/// A key with its algorithm.
struct RingVerifier {
    algorithm: Algorithm,
    method: Method,
    key: DecodingKey,
}

/// How `ring` verifies.
#[derive(Clone, Copy)]
enum Method {
    Rsa(&'static ring_signature::RsaParameters),
    /// Elliptic and Edwards curves, whose keys are points.
    Point(&'static dyn ring_signature::VerificationAlgorithm),
}

impl RingVerifier {
    fn new(algorithm: Algorithm, key: &DecodingKey) -> Result<Self, Error> {
        use ring_signature as ring;
        let (family, method) = match algorithm {
            Algorithm::RS256 => (AlgorithmFamily::Rsa, Method::Rsa(&ring::RSA_PKCS1_2048_8192_SHA256)),
            Algorithm::RS384 => (AlgorithmFamily::Rsa, Method::Rsa(&ring::RSA_PKCS1_2048_8192_SHA384)),
            Algorithm::RS512 => (AlgorithmFamily::Rsa, Method::Rsa(&ring::RSA_PKCS1_2048_8192_SHA512)),
            Algorithm::PS256 => (AlgorithmFamily::Rsa, Method::Rsa(&ring::RSA_PSS_2048_8192_SHA256)),
            Algorithm::PS384 => (AlgorithmFamily::Rsa, Method::Rsa(&ring::RSA_PSS_2048_8192_SHA384)),
            Algorithm::PS512 => (AlgorithmFamily::Rsa, Method::Rsa(&ring::RSA_PSS_2048_8192_SHA512)),
            Algorithm::ES256 => (AlgorithmFamily::Ec, Method::Point(&ring::ECDSA_P256_SHA256_FIXED)),
            Algorithm::ES384 => (AlgorithmFamily::Ec, Method::Point(&ring::ECDSA_P384_SHA384_FIXED)),
            Algorithm::EdDSA => (AlgorithmFamily::Ed, Method::Point(&ring::ED25519)),
            _ => return Err(ErrorKind::UnsupportedAlgorithm.into()),
        };
        match key.family() == family {
            true => Ok(Self { algorithm, method, key: key.clone() }),
            false => Err(ErrorKind::InvalidKeyFormat.into()),
        }
    }

    fn is_valid(&self, message: &[u8], signature: &[u8]) -> bool {
        match (self.method, self.key.kind()) {
            (Method::Rsa(parameters), DecodingKeyKind::RsaModulusExponent { n, e }) => {
                ring_signature::RsaPublicKeyComponents { n, e }.verify(parameters, message, signature).is_ok()
            }
            (Method::Point(method), DecodingKeyKind::SecretOrDer(point)) => {
                ring_signature::UnparsedPublicKey::new(method, point).verify(message, signature).is_ok()
            }
            _ => false,
        }
    }
}

impl Verifier<Vec<u8>> for RingVerifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        if self.is_valid(message, signature) { Ok(()) } else { Err(signature::Error::new()) }
    }
}

impl JwtVerifier for RingVerifier {
    fn algorithm(&self) -> Algorithm {
        self.algorithm
    }
}
