//! The key set of the issuer.

use serde_json::{Value, json};

use crate::keys::{Signer, public_jwk};

/// A modulus of 512 bits.
const RSA_512: &str = "7A5JCiwGa6cOKstJj1BlYiF9YR7dEc69ZH0_u36zbUzERbOGuYGqVfK3SjGNLztPxlK0wVk2iOezacamFovfmQ";

/// The keys by `kid`: `rsa` for all algorithms of RSA, `rsa-rs256` the same key for RS256 alone, `p256`, `p384`, `ed25519`; `twice` two keys,
/// of which the second is that of `p256`. None of the others may be used: `encryption`, `signing` (of which `key_ops` are), `exponent-1`,
/// `bits-512`, `off-curve` (which is seen when it verifies), `p521`, `secret`.
pub(crate) fn jwks() -> String {
    let rsa = || public_jwk(Signer::Rsa("RS256"));
    let p256 = || public_jwk(Signer::P256);
    let mut off_curve = p256();
    off_curve["y"] = off_curve["x"].clone();
    let keys = [
        with(rsa(), json!({"kid": "rsa", "use": "sig"})),
        with(rsa(), json!({"kid": "rsa-rs256", "use": "sig", "alg": "RS256", "x5c": ["MIIC"], "x5t": "abc"})),
        with(p256(), json!({"kid": "p256", "use": "sig", "alg": "ES256"})),
        with(public_jwk(Signer::P384), json!({"kid": "p384", "key_ops": ["verify"]})),
        with(public_jwk(Signer::Ed25519), json!({"kid": "ed25519", "alg": "EdDSA"})),
        with(public_jwk(Signer::OtherP256), json!({"kid": "twice"})),
        with(p256(), json!({"kid": "twice"})),
        with(rsa(), json!({"kid": "encryption", "use": "enc"})),
        with(rsa(), json!({"kid": "signing", "key_ops": ["sign"]})),
        with(rsa(), json!({"kid": "exponent-1", "e": "AQ"})),
        with(rsa(), json!({"kid": "bits-512", "n": RSA_512})),
        with(off_curve, json!({"kid": "off-curve"})),
        with(p256(), json!({"kid": "p521", "crv": "P-521"})),
        json!({"kid": "secret", "kty": "oct", "k": "c2VjcmV0"}),
    ];
    json!({"keys": keys}).to_string()
}

/// An object with the members of another one.
fn with(mut object: Value, members: Value) -> Value {
    let (Value::Object(object_members), Value::Object(members)) = (&mut object, members) else {
        panic!("both are objects")
    };
    object_members.extend(members);
    object
}
