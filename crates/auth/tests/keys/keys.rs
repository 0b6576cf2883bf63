//! Keys of an issuer, and tokens that it signs with them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::json;

use auth::{ClaimRules, KeySet, KeySource, KeysConfig, TokenError, VerifiedClaims};

use crate::ports::World;

pub(crate) const ISSUER: &str = "https://issuer.example/tenant";
pub(crate) const JWKS: &str = "https://issuer.example/keys";
pub(crate) const RESOURCE: &str = "https://mcp.example/mcp";

/// An Ed25519 key that was made for these tests: as PKCS #8, and its public half.
pub(crate) struct TestKey {
    private: &'static str,
    public: &'static str,
}

pub(crate) const KEYS: [TestKey; 3] = [
    TestKey {
        private: "MC4CAQAwBQYDK2VwBCIEILtwfm1mdty2+naDM52TCvUGXb1iSJRV6QgiDINH3jNs",
        public: "pj4L5MyhTLt1PVUmS7hoAcldqG4JaGJGOEJ2RFdAK1w",
    },
    TestKey {
        private: "MC4CAQAwBQYDK2VwBCIEIIVZqc3zj09oM/QVB/lT8witEYRx2wchcO5Rd98QLsi/",
        public: "ktGvNU_lYm3UzuwnY7LGmgnYDGmrLWZs7FXUKjZT3Qs",
    },
    TestKey {
        private: "MC4CAQAwBQYDK2VwBCIEILPvKTtPGIqWqp5o3XiguZC7XPL6s8hWC2Qss/TzL/EA",
        public: "Ru_teDnIHRFkKDOCGZbAloL-bhkh9tYORK1raxYNIVc",
    },
];

/// The key set of an issuer: names of keys, and which of [`KEYS`] each is.
pub(crate) fn jwks(keys: &[(&str, usize)]) -> String {
    let key =
        |(kid, index): &(&str, usize)| json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": KEYS[*index].public});
    json!({"keys": keys.iter().map(key).collect::<Vec<_>>()}).to_string()
}

/// A token of the issuer that is valid for an hour after the start of the world.
pub(crate) fn token(kid: &str, index: usize) -> String {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    header.typ = Some("at+jwt".to_owned());
    let claims = json!({"iss": ISSUER, "aud": RESOURCE, "sub": "ada", "client_id": "c", "exp": 1_800_003_600_u64});
    let key = EncodingKey::from_ed_der(&STANDARD.decode(KEYS[index].private).unwrap());
    jsonwebtoken::encode(&header, &claims, &key).unwrap()
}

pub(crate) fn rules() -> ClaimRules {
    ClaimRules {
        issuer: ISSUER.to_owned(),
        audiences: vec![RESOURCE.to_owned()],
        clock_skew_s: 0,
        roles_claims: Vec::new(),
        groups_claims: Vec::new(),
    }
}

pub(crate) fn verify(token: &str, keys: &KeySet) -> Result<VerifiedClaims, TokenError> {
    auth::verify_token(token, keys, &[Algorithm::EdDSA], &rules(), 1_800_000_000)
}

/// Keys at [`JWKS`]: fetched again after 600 s, at most every 10 s, used for 3600 s.
pub(crate) fn config() -> KeysConfig {
    KeysConfig {
        issuer: ISSUER.to_owned(),
        source: KeySource::JwksUri(JWKS.to_owned()),
        refresh_s: 600,
        refetch_interval_s: 10,
        keep_s: 3600,
        timeout_ms: 5000,
        loopback_http: false,
        shared: false,
    }
}

/// A world in which the issuer has these keys.
pub(crate) fn world(keys: &[(&str, usize)]) -> World {
    let world = World::new();
    world.answers(JWKS, crate::ports::Reply::json(jwks(keys)));
    world
}
