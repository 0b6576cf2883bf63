//! A token before it is signed.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use crate::keys::Signer;

/// The header and the claims of a token, and how it is signed. It starts as an access token (RFC 9068) by RS256.
#[derive(Clone, Debug)]
pub struct Token {
    header: Map<String, Value>,
    claims: Map<String, Value>,
    signer: Signer,
}

impl Token {
    /// A token with these claims, an object.
    pub fn new(claims: Value) -> Self {
        let Value::Object(claims) = claims else { panic!("claims are an object") };
        let Value::Object(header) = json!({"alg": "RS256", "typ": "at+jwt", "kid": "rsa"}) else { unreachable!() };
        Self { header, claims, signer: Signer::Rsa("RS256") }
    }

    /// With this member in its header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Without this member in its header.
    #[must_use]
    pub fn without_header(mut self, name: &str) -> Self {
        self.header.remove(name);
        self
    }

    /// With this claim.
    #[must_use]
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Without this claim.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.claims.remove(name);
        self
    }

    /// With this `alg` and this `kid`, signed so.
    #[must_use]
    pub fn by(self, algorithm: &str, key_id: &str, signer: Signer) -> Self {
        let mut token = self.header("alg", algorithm).header("kid", key_id);
        token.signer = signer;
        token
    }

    /// The header and the claims as JSON.
    pub fn parts(&self) -> (String, String) {
        (Value::Object(self.header.clone()).to_string(), Value::Object(self.claims.clone()).to_string())
    }

    /// The token, in the compact form.
    pub fn signed(&self) -> String {
        let (header, claims) = self.parts();
        self.signed_from(header, claims)
    }

    /// A token from this text instead of its header.
    pub fn with_header_text(&self, header: impl AsRef<[u8]>) -> String {
        self.signed_from(header, self.parts().1)
    }

    /// A token from this text instead of its claims.
    pub fn with_claims_text(&self, claims: impl AsRef<[u8]>) -> String {
        self.signed_from(self.parts().0, claims)
    }

    /// A token whose claims have this text as their first members, before the others.
    pub fn with_claims_before(&self, members: &str) -> String {
        let claims = self.parts().1;
        self.with_claims_text(format!("{{{members},{}", &claims[1..]))
    }

    /// A token whose header has this text as its first members.
    pub fn with_header_before(&self, members: &str) -> String {
        let header = self.parts().0;
        self.with_header_text(format!("{{{members},{}", &header[1..]))
    }

    fn signed_from(&self, header: impl AsRef<[u8]>, claims: impl AsRef<[u8]>) -> String {
        let message = format!("{}.{}", encoded(header), encoded(claims));
        let signature = encoded(self.signer.sign(message.as_bytes()));
        format!("{message}.{signature}")
    }
}

/// Base64url without padding.
pub fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
