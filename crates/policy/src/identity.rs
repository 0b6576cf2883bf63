//! The verified caller, as policies see it.

use regorus::Value;

use crate::document::{list, object, parse};
use crate::error::InputError;

/// The member `identity` of the input. It is made once for a caller: copies share it.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity(pub(crate) Value);

/// What a server knows of a verified caller.
#[derive(Clone, Copy, Debug)]
pub struct IdentityParts<'a> {
    /// The issuer of the token.
    pub issuer: &'a str,
    /// The subject.
    pub subject: &'a str,
    /// The client that got the token.
    pub client: Option<&'a str>,
    /// The scopes of the token.
    pub scopes: &'a [String],
    /// The caller's roles.
    pub roles: &'a [String],
    /// The caller's groups.
    pub groups: &'a [String],
    /// All claims of the token: a JSON object.
    pub claims: &'a str,
}

impl Identity {
    /// Makes the member.
    ///
    /// # Errors
    /// The claims are no JSON object.
    pub fn new(parts: &IdentityParts<'_>) -> Result<Self, InputError> {
        Ok(Self(object([
            ("issuer", Some(parts.issuer.into())),
            ("subject", Some(parts.subject.into())),
            ("client", parts.client.map(Value::from)),
            ("scopes", Some(list(parts.scopes))),
            ("roles", Some(list(parts.roles))),
            ("groups", Some(list(parts.groups))),
            ("claims", Some(parse("claims", parts.claims)?)),
        ])))
    }
}
