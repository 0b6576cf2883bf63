//! Who calls: tokens by ES256, which `jsonwebtoken` verifies, and those that it has verified before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, ensure};
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use jsonwebtoken::jwk::{Jwk, JwkSet, KeyAlgorithm};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header, get_current_timestamp};
use regorus::Value;
use serde::Deserialize;

use crate::rules::object;

/// How many tokens are remembered: the default of `auth.cached-tokens`.
const REMEMBERED: usize = 10_000;

/// Verifies the tokens of one issuer.
pub(crate) struct Callers {
    keys: Vec<(String, DecodingKey)>,
    validation: Validation,
    verified: Mutex<Verified>,
}

/// Who sends a token, made once for it.
pub(crate) struct Caller {
    /// The member `identity` of the policy's input.
    pub(crate) identity: Value,
    /// When the token expires, in seconds since 1970.
    pub(crate) expires_s: u64,
}

/// The tokens that were verified. As with `auth::Verdicts`, the young map becomes the old one when it is full, and what was in the old one
/// is forgotten. The keys are the tokens themselves, which is cheaper than the keyed hashes there.
#[derive(Default)]
struct Verified {
    young: HashMap<String, Arc<Caller>>,
    old: HashMap<String, Arc<Caller>>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    exp: u64,
    client_id: Option<String>,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    realm_access: RealmAccess,
}

#[derive(Default, Deserialize)]
struct RealmAccess {
    roles: Vec<String>,
}

impl Callers {
    /// Those of this issuer, with tokens for this resource.
    pub(crate) fn new(issuer: &str, resource: &str, jwks: &str) -> anyhow::Result<Self> {
        let set: JwkSet = serde_json::from_str(jwks)?;
        let is_ours = |key: &&Jwk| key.common.key_algorithm == Some(KeyAlgorithm::ES256);
        let key =
            |key: &Jwk| Ok((key.common.key_id.clone().context("a key has no `kid`")?, DecodingKey::from_jwk(key)?));
        let keys: Vec<_> = set.keys.iter().filter(is_ours).map(key).collect::<anyhow::Result<_>>()?;
        ensure!(!keys.is_empty(), "there is no key for ES256");
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[resource]);
        validation.set_required_spec_claims(&["aud", "exp", "iss", "sub"]);
        validation.validate_nbf = true;
        Ok(Self { keys, validation, verified: Mutex::default() })
    }

    /// The caller of a request; none if its token is missing or not valid.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Option<Arc<Caller>> {
        let token = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        let now_s = get_current_timestamp();
        let remembered = self.verified.lock().unwrap_or_else(PoisonError::into_inner).get(token);
        if let Some(caller) = remembered.filter(|caller| now_s < caller.expires_s) {
            return Some(caller);
        }
        let caller = Arc::new(self.verify(token)?);
        self.verified.lock().unwrap_or_else(PoisonError::into_inner).insert(token.to_owned(), Arc::clone(&caller));
        Some(caller)
    }

    fn verify(&self, token: &str) -> Option<Caller> {
        let named = decode_header(token).ok()?.kid?;
        let (_, key) = self.keys.iter().find(|(name, _)| *name == named)?;
        let claims = decode::<Claims>(token, key, &self.validation).ok()?.claims;
        let texts = |texts: &mut dyn Iterator<Item = &str>| Value::from(texts.map(Value::from).collect::<Vec<_>>());
        let identity = object([
            ("issuer", Some(claims.iss.into())),
            ("subject", Some(claims.sub.into())),
            ("client", claims.client_id.map(Value::from)),
            ("scopes", Some(texts(&mut claims.scope.split_whitespace()))),
            ("roles", Some(texts(&mut claims.realm_access.roles.iter().map(String::as_str)))),
        ]);
        Some(Caller { identity, expires_s: claims.exp })
    }
}

impl Verified {
    fn get(&mut self, token: &str) -> Option<Arc<Caller>> {
        if let Some(caller) = self.young.get(token) {
            return Some(Arc::clone(caller));
        }
        let (token, caller) = self.old.remove_entry(token)?;
        self.insert(token, Arc::clone(&caller));
        Some(caller)
    }

    fn insert(&mut self, token: String, caller: Arc<Caller>) {
        if self.young.len() >= REMEMBERED / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(token, caller);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signatures::install_signatures;
    use test_tokens::{Issuer, Signer, public_jwk};

    #[test]
    fn a_caller_has_a_token_of_the_issuer_for_this_server() {
        install_signatures();
        let issuer = Issuer { now_s: get_current_timestamp(), ..Issuer::example() };
        let mut key = public_jwk(Signer::P256);
        key["kid"] = "p256".into();
        key["alg"] = "ES256".into();
        let jwks = serde_json::json!({ "keys": [key] }).to_string();
        let callers = Callers::new(&issuer.issuer, &issuer.audience, &jwks).unwrap();
        let plain = || issuer.token().by("ES256", "p256", Signer::P256);
        let cases = [
            ("valid", plain().signed(), true),
            ("the same, remembered", plain().signed(), true),
            ("of another key", issuer.token().by("ES256", "p256", Signer::OtherP256).signed(), false),
            ("of an unknown key", issuer.token().by("ES256", "other", Signer::P256).signed(), false),
            ("by another algorithm", issuer.token().by("HS256", "p256", Signer::HmacOfP256).signed(), false),
            ("without a signature", issuer.token().by("none", "p256", Signer::Zeros(0)).signed(), false),
            ("expired", plain().claim("exp", issuer.now_s - 600).signed(), false),
            ("not valid yet", plain().claim("nbf", issuer.now_s + 600).signed(), false),
            ("for another server", plain().claim("aud", "https://other.example/mcp").signed(), false),
            ("of another issuer", plain().claim("iss", "https://other.example").signed(), false),
            ("without a subject", plain().without("sub").signed(), false),
        ];
        for (what, token, valid) in cases {
            let headers = [(AUTHORIZATION, format!("Bearer {token}").parse().unwrap())].into_iter().collect();
            assert_eq!(callers.of(&headers).is_some(), valid, "{what}");
        }
        assert!(callers.of(&HeaderMap::new()).is_none());
    }

    #[test]
    fn tokens_are_forgotten_half_by_half() {
        let caller = || Arc::new(Caller { identity: Value::Null, expires_s: u64::MAX });
        let mut verified = Verified::default();
        for number in 0..3 * REMEMBERED {
            verified.insert(number.to_string(), caller());
            assert!(verified.get("0").is_some(), "what is asked for stays");
            assert!(verified.young.len() + verified.old.len() <= REMEMBERED);
        }
        assert!(verified.get(&(3 * REMEMBERED - 1).to_string()).is_some());
        assert!(verified.get("1").is_none());
    }
}
