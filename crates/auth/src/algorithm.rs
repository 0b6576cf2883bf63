//! The algorithms of signatures that the server knows: those with a private and a public key (RFC 7518 §3.1, RFC 8037, RFC 9864).

use jsonwebtoken::Algorithm;

use crate::error::TokenError;

/// All of them. The names are those of `alg`.
pub const ALGORITHMS: [(&str, Algorithm); 9] = [
    ("RS256", Algorithm::RS256),
    ("RS384", Algorithm::RS384),
    ("RS512", Algorithm::RS512),
    ("PS256", Algorithm::PS256),
    ("PS384", Algorithm::PS384),
    ("PS512", Algorithm::PS512),
    ("ES256", Algorithm::ES256),
    ("ES384", Algorithm::ES384),
    ("EdDSA", Algorithm::EdDSA),
];

/// The algorithm of this name.
pub fn from_name(name: &str) -> Option<Algorithm> {
    // The name that RFC 9864 gives to EdDSA with the one curve that the server knows.
    let name = if name == "Ed25519" { "EdDSA" } else { name };
    ALGORITHMS.iter().find(|(known, _)| *known == name).map(|(_, algorithm)| *algorithm)
}

/// The name of an algorithm.
pub fn name(algorithm: Algorithm) -> &'static str {
    ALGORITHMS.iter().find(|(_, known)| *known == algorithm).map_or("none", |(name, _)| name)
}

/// The algorithm that the header of a token names.
pub(crate) fn of_token(name: &str) -> Result<Algorithm, TokenError> {
    match name {
        name if name.eq_ignore_ascii_case("none") => Err(TokenError::Unsigned),
        "HS256" | "HS384" | "HS512" => Err(TokenError::SymmetricAlgorithm),
        name => from_name(name).ok_or(TokenError::UnknownAlgorithm),
    }
}
