//! Tokens that a server refuses.

mod claims;
mod form;
mod header;
mod keys;
mod purpose;

use auth::TokenError;

use crate::{Issuer, Token};

/// A token that a server refuses.
#[derive(Clone, Debug)]
pub struct Refused {
    /// What is wrong with it, as a sentence.
    pub name: &'static str,
    /// The token.
    pub token: String,
    /// The rule that it breaks.
    pub expected: TokenError,
    /// Whether it is refused at this second and would be accepted a second earlier or later.
    pub to_the_second: bool,
}

impl Refused {
    /// Whether the header `Authorization` can carry it as one token after `Bearer`, so that a server looks at it.
    pub fn fits_header(&self) -> bool {
        !self.token.is_empty() && self.token.bytes().all(|byte| byte.is_ascii_graphic())
    }
}

impl From<(&'static str, String, TokenError)> for Refused {
    fn from((name, token, expected): (&'static str, String, TokenError)) -> Self {
        Self { name, token, expected, to_the_second: false }
    }
}

impl From<(&'static str, Token, TokenError)> for Refused {
    fn from((name, token, expected): (&'static str, Token, TokenError)) -> Self {
        (name, token.signed(), expected).into()
    }
}

pub(crate) fn all(issuer: &Issuer) -> Vec<Refused> {
    [
        form::refused(issuer),
        header::refused(issuer),
        keys::refused(issuer),
        purpose::refused(issuer),
        claims::issuer_and_audience(issuer),
        claims::times(issuer),
        claims::caller(issuer),
    ]
    .concat()
}

fn bad(claim: &str) -> TokenError {
    TokenError::BadClaim(claim.to_owned())
}
