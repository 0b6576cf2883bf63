//! A token as a signed JWT in the compact form (RFC 7515 §7.1, RFC 7519): read strictly, then verified with keys of its issuer.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde_json::Value;

use crate::algorithm;
use crate::claims::{self, ClaimRules, VerifiedClaims};
use crate::error::{TokenError, TokenPart};
use crate::key_set::KeySet;
use crate::strict_object;

/// How long a token may be, in bytes. Half of the head of a request has room for it.
pub const MAX_TOKEN: usize = 16 * 1024;

/// Verifies a token by all rules of one issuer, in the order in which a request does: its form, the issuer, the signature, the claims.
///
/// # Errors
/// The first rule that the token breaks.
pub fn verify_token(
    token: &str,
    keys: &KeySet,
    allowed: &[Algorithm],
    rules: &ClaimRules,
    now_s: u64,
) -> Result<VerifiedClaims, TokenError> {
    let token = SignedToken::parse(token)?;
    if token.issuer()? != rules.issuer {
        return Err(TokenError::UntrustedIssuer);
    }
    token.check_algorithm(allowed)?;
    token.verify(keys)?;
    token.check_claims(rules, now_s)
}

/// A token of which nothing is known but that it has the form of one.
pub(crate) struct SignedToken<'a> {
    algorithm: Algorithm,
    key_id: Option<String>,
    /// Whether the header says that it is an access token (RFC 9068 §2.1).
    access_token_type: bool,
    claims: String,
    signing_input: &'a str,
    signature: &'a str,
}

impl<'a> SignedToken<'a> {
    /// Reads the form of a token and its header. No member of the header names a key but `kid`: `jwk`, `jku`, `x5u` and `x5c` are not read.
    ///
    /// # Errors
    /// The first rule that the form breaks.
    pub(crate) fn parse(token: &'a str) -> Result<Self, TokenError> {
        if token.len() > MAX_TOKEN {
            return Err(TokenError::TooLarge { limit: MAX_TOKEN });
        }
        let (signing_input, signature) = token.rsplit_once('.').ok_or(TokenError::NotCompact)?;
        let (header, payload) = signing_input.split_once('.').ok_or(TokenError::NotCompact)?;
        match payload.bytes().filter(|byte| *byte == b'.').count() {
            0 => {}
            2 => return Err(TokenError::Encrypted),
            _ => return Err(TokenError::NotCompact),
        }
        let header = Header::parse(&decoded_text(header, TokenPart::Header)?)?;
        let claims = decoded_text(payload, TokenPart::Claims)?;
        strict_object::check(&claims, TokenPart::Claims)?;
        decoded(signature, TokenPart::Signature)?;
        let Header { algorithm, key_id, access_token_type } = header;
        Ok(Self { algorithm, key_id, access_token_type, claims, signing_input, signature })
    }

    /// The issuer that the token names, not verified: it only chooses whose keys verify the token.
    ///
    /// # Errors
    /// There is no issuer, or it is not a text.
    pub(crate) fn issuer(&self) -> Result<String, TokenError> {
        claims::issuer(&self.claims)
    }

    /// The algorithm that the token names.
    pub(crate) fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The key that the token names, to be looked up among keys of its issuer and for nothing else.
    pub(crate) fn key_id(&self) -> Option<&str> {
        self.key_id.as_deref()
    }

    /// Checks that the algorithm is allowed, before any key is looked for.
    ///
    /// # Errors
    /// It is not.
    pub(crate) fn check_algorithm(&self, allowed: &[Algorithm]) -> Result<(), TokenError> {
        match allowed.contains(&self.algorithm) {
            true => Ok(()),
            false => Err(TokenError::AlgorithmNotAllowed(algorithm::name(self.algorithm))),
        }
    }

    /// Verifies the signature. The key has to be for the algorithm, by its own members.
    ///
    /// # Errors
    /// No key fits, or none verifies the signature.
    pub(crate) fn verify(&self, keys: &KeySet) -> Result<(), TokenError> {
        let message = self.signing_input.as_bytes();
        for key in keys.candidates(self.key_id(), self.algorithm)? {
            // A key that the provider of the signatures refuses, such as a point off its curve, verifies nothing.
            if jsonwebtoken::crypto::verify(self.signature, message, key, self.algorithm).unwrap_or(false) {
                return Ok(());
            }
        }
        Err(TokenError::Signature)
    }

    /// Checks the claims of a token whose signature is verified.
    ///
    /// # Errors
    /// The first rule that the claims break.
    pub(crate) fn check_claims(&self, rules: &ClaimRules, now_s: u64) -> Result<VerifiedClaims, TokenError> {
        claims::check_access_token(&self.claims, self.access_token_type, rules, now_s)
    }
}

fn decoded(part: &str, name: TokenPart) -> Result<Vec<u8>, TokenError> {
    // The engine refuses padding, characters beyond the alphabet and bits that no byte has.
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenError::NotBase64Url(name))
}

fn decoded_text(part: &str, name: TokenPart) -> Result<String, TokenError> {
    String::from_utf8(decoded(part, name)?)
        .map_err(|_| TokenError::NotJson { part: name, reason: "it is not UTF-8".to_owned() })
}

/// What the server reads of a JOSE header (RFC 7515 §4).
struct Header {
    algorithm: Algorithm,
    key_id: Option<String>,
    access_token_type: bool,
}

impl Header {
    fn parse(json: &str) -> Result<Self, TokenError> {
        strict_object::check(json, TokenPart::Header)?;
        let members = strict_object::members(json, TokenPart::Header)?;
        let Some(Value::String(algorithm)) = members.get("alg") else { return Err(TokenError::BadHeader("alg")) };
        let algorithm = algorithm::of_token(algorithm)?;
        for extension in ["crit", "b64"] {
            if members.contains_key(extension) {
                return Err(TokenError::Critical(extension));
            }
        }
        let key_id = match members.get("kid") {
            None => None,
            Some(Value::String(key_id)) => Some(key_id.clone()),
            Some(_) => return Err(TokenError::BadHeader("kid")),
        };
        let access_token_type = match members.get("typ") {
            None => false,
            Some(Value::String(name)) => is_access_token_type(name)?,
            Some(_) => return Err(TokenError::BadHeader("typ")),
        };
        Ok(Self { algorithm, key_id, access_token_type })
    }
}

/// Whether the type is that of RFC 9068 §2.1 and not the one of every JWT. Media types compare without case, and `application/` may be
/// left out (RFC 7515 §4.1.9).
fn is_access_token_type(name: &str) -> Result<bool, TokenError> {
    let is = |expected: &str| name.eq_ignore_ascii_case(expected);
    if is("at+jwt") || is("application/at+jwt") {
        return Ok(true);
    }
    if is("JWT") { Ok(false) } else { Err(TokenError::Type) }
}
