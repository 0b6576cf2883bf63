//! Why a token is refused.

/// A rule that a token breaks. Its text is for the client, in `error_description` (RFC 6750 §3): it continues "the token is not valid: ",
/// is ASCII without `"` and `\`, and has no part of the token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// The token is longer than this.
    #[error("it is longer than {limit} bytes")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// It is not a compact JWS (RFC 7515 §7.1).
    #[error("it is not a signed JWT, which has three parts between two dots")]
    NotCompact,
    /// It is a compact JWE (RFC 7516 §7.1).
    #[error("it is encrypted: the issuer must make signed tokens for this server")]
    Encrypted,
    /// A part is not base64url (RFC 7515 §2), or one of several texts for the same bytes.
    #[error("its {0} is not base64url without padding")]
    NotBase64Url(TokenPart),
    /// A part is not JSON (RFC 8259).
    #[error("its {part} has no valid JSON: {reason}")]
    NotJson {
        /// The part.
        part: TokenPart,
        /// What is wrong and where, without any of its text.
        reason: String,
    },
    /// A part is JSON, but no object.
    #[error("its {0} is not a JSON object")]
    NotObject(TokenPart),
    /// An object has two members of one name (RFC 7515 §4, RFC 7519 §4).
    #[error("its {0} has two members of one name")]
    RepeatedMember(TokenPart),
    /// Objects and arrays nest deeper than the server reads.
    #[error("its {0} nests too deep")]
    TooDeep(TokenPart),
    /// A name or a string has the character U+0000, at which some readers stop.
    #[error("its {0} has the character U+0000")]
    NulCharacter(TokenPart),
    /// This member of the header is missing or of the wrong type.
    #[error("its header has no usable `{0}`")]
    BadHeader(&'static str),
    /// `alg` is `none`.
    #[error("it is not signed")]
    Unsigned,
    /// `alg` is an HMAC, for which the server would have to know the secret of the issuer.
    #[error("it is signed with a shared secret: the issuer must sign with a private key")]
    SymmetricAlgorithm,
    /// `alg` is none that the server knows.
    #[error("the server does not know the algorithm of its signature")]
    UnknownAlgorithm,
    /// `alg` is not among the algorithms that the operator allows.
    #[error("the server does not allow the algorithm of its signature, {0}")]
    AlgorithmNotAllowed(&'static str),
    /// The header has this member, of an extension that must be understood and is not (RFC 7515 §4.1.11, RFC 7797).
    #[error("its header has `{0}`: the server understands no extension of JWS")]
    Critical(&'static str),
    /// `typ` in the header says that it is something else than an access token (RFC 9068 §4, RFC 8725 §3.11).
    #[error("the `typ` of its header is not that of an access token")]
    Type,
    /// It is an ID token, a refresh token or the like, as this claim shows.
    #[error("it is not an access token, as its claim `{0}` shows: send the access token")]
    NotAccessToken(&'static str),
    /// Nothing says that it is an access token.
    #[error(
        "it may be an ID token: an access token has the header `typ` at+jwt, or one of the claims `scope`, `scp` and `client_id`"
    )]
    UnknownPurpose,
    /// It may only be used by who has a certain key (RFC 7800, RFC 9449, RFC 8705), which a bearer does not prove.
    #[error("it is bound to a key by `cnf`, which this server cannot check: ask for a bearer token")]
    KeyBound,
    /// The issuer has no key of this `kid`.
    #[error("its issuer has no key with its `kid`")]
    UnknownKey,
    /// There is no `kid`, and several keys of the issuer could have made the signature.
    #[error("it names no key by `kid`, and its issuer has several")]
    AmbiguousKey,
    /// The key may not be used with the algorithm of the token.
    #[error("the key with its `kid` is not for the algorithm of its signature")]
    KeyMismatch,
    /// No key verifies the signature.
    #[error("its signature is wrong")]
    Signature,
    /// The token has no `iss`.
    #[error("it does not say its issuer in `iss`")]
    NoIssuer,
    /// `iss` is none of the issuers that the operator trusts.
    #[error("the server does not trust its issuer")]
    UntrustedIssuer,
    /// The token has no `aud`.
    #[error("it does not say in `aud` for which server it is")]
    NoAudience,
    /// `aud` does not have this server.
    #[error("it is for another server, by its `aud`")]
    Audience,
    /// The token has no `exp`.
    #[error("it does not say in `exp` when it expires")]
    NoExpiry,
    /// `exp` has passed.
    #[error("it has expired")]
    Expired,
    /// `nbf` is later than now.
    #[error("it is not valid yet, by its `nbf`")]
    NotYetValid,
    /// `iat` is later than now.
    #[error("it was issued in the future, by its `iat`: the clocks differ")]
    IssuedInFuture,
    /// The token has no `sub`.
    #[error("it does not say in `sub` who it is for")]
    NoSubject,
    /// This claim has the wrong type, or a value that it cannot have. The name is one of the server or of its configuration.
    #[error("its claim `{0}` has a value that it cannot have")]
    BadClaim(String),
    /// This claim has more values than the server reads.
    #[error("its claim `{claim}` has more than {limit} values")]
    TooManyValues {
        /// The name of the claim, of the server or of its configuration.
        claim: String,
        /// How many are read.
        limit: usize,
    },
    /// The issuer left the values of this claim out, because they are too many (OpenID Connect Core §5.6.2; groups of Entra ID).
    #[error(
        "its issuer left `{0}` out because of their number: configure it to name only those that belong to this server"
    )]
    ClaimLeftOut(String),
    /// The claims are longer than this.
    #[error("its claims are longer than {limit} bytes")]
    ClaimsTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl TokenError {
    /// Whether the text is no JWT at all, so that it may be a token in a form of its issuer's own.
    pub(crate) fn is_of_no_jwt(&self) -> bool {
        matches!(
            self,
            Self::NotCompact
                | Self::NotBase64Url(TokenPart::Header)
                | Self::NotJson { part: TokenPart::Header, .. }
                | Self::NotObject(TokenPart::Header)
        )
    }
}

/// A part of a compact JWS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenPart {
    /// The first.
    Header,
    /// The second: the payload.
    Claims,
    /// The third.
    Signature,
}

impl std::fmt::Display for TokenPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Header => "header",
            Self::Claims => "payload",
            Self::Signature => "signature",
        })
    }
}
