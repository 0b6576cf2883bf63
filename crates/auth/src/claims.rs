//! The rules that the claims of a token obey (RFC 7519 §4.1, RFC 9068 §4), and the caller that they name.

mod audience;
mod lists;
mod purpose;
mod times;

use contract::model::Principal;
use serde_json::{Map, Value};
use server::{Caller, Derived};

use crate::error::{TokenError, TokenPart};
use crate::strict_object;

/// How long the claims may be, in bytes: every call passes them to a provider.
pub const MAX_CLAIMS: usize = 64 * 1024;
/// How long the subject and the client may be, in bytes (OpenID Connect Core §2 has the number for `sub`).
const MAX_NAME: usize = 255;

/// What the claims of an issuer's tokens must be, and where they have what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimRules {
    /// What `iss` is, byte by byte.
    pub issuer: String,
    /// What `aud` must have one of, as `audience.rs` compares them.
    pub audiences: Vec<String>,
    /// By how many seconds the clock of the issuer may differ.
    pub clock_skew_s: u32,
    /// Where the roles are: names with a dot between the levels. All places count.
    pub roles_claims: Vec<String>,
    /// Where the groups are.
    pub groups_claims: Vec<String>,
}

/// What a token says once it is verified.
#[derive(Clone, Debug, PartialEq)]
pub struct VerifiedClaims {
    /// Who sends it.
    pub caller: Caller,
    /// When it expires, in whole seconds since 1970, without any skew.
    pub expires_s: u64,
}

/// The issuer that claims name, before they are believed.
pub(crate) fn issuer(claims: &str) -> Result<String, TokenError> {
    issuer_of(&strict_object::members(claims, TokenPart::Claims)?).map(str::to_owned)
}

/// Checks the claims of an access token whose signature is verified. `typed` says whether its header has the type of one.
pub(crate) fn check_access_token(
    claims: &str,
    typed: bool,
    rules: &ClaimRules,
    now_s: u64,
) -> Result<VerifiedClaims, TokenError> {
    let members = strict_object::members(claims, TokenPart::Claims)?;
    purpose::check(&members, typed)?;
    check_members(claims, &members, rules, now_s)
}

/// Checks claims that an issuer has answered about an access token (RFC 7662 §2.2): it knows by itself what it was asked about.
pub(crate) fn check(claims: &str, rules: &ClaimRules, now_s: u64) -> Result<VerifiedClaims, TokenError> {
    strict_object::check(claims, TokenPart::Claims)?;
    let members = strict_object::members(claims, TokenPart::Claims)?;
    purpose::check_bearer(&members)?;
    purpose::says_access_token(&members)?;
    check_members(claims, &members, rules, now_s)
}

fn check_members(
    claims: &str,
    members: &Map<String, Value>,
    rules: &ClaimRules,
    now_s: u64,
) -> Result<VerifiedClaims, TokenError> {
    if claims.len() > MAX_CLAIMS {
        return Err(TokenError::ClaimsTooLarge { limit: MAX_CLAIMS });
    }
    if issuer_of(members)? != rules.issuer {
        return Err(TokenError::UntrustedIssuer);
    }
    audience::check(members, &rules.audiences)?;
    let expires_s = times::check(members, u64::from(rules.clock_skew_s), now_s)?;
    let subject = name(members, "sub")?.ok_or(TokenError::NoSubject)?;
    let principal = Principal {
        issuer: rules.issuer.clone(),
        subject: subject.to_owned(),
        client_id: client_id(members)?,
        scopes: lists::scopes(members)?,
        claims: claims.to_owned(),
    };
    let roles = lists::named(members, &rules.roles_claims)?;
    let groups = lists::named(members, &rules.groups_claims)?;
    Ok(VerifiedClaims { caller: Caller { principal, roles, groups, derived: Derived::default() }, expires_s })
}

fn issuer_of(members: &Map<String, Value>) -> Result<&str, TokenError> {
    match present(members, "iss") {
        None => Err(TokenError::NoIssuer),
        Some(Value::String(issuer)) => Ok(issuer),
        Some(_) => Err(bad("iss")),
    }
}

/// The client that got the token: `client_id` (RFC 9068 §2.2), or what issuers had before it: `azp` (OpenID Connect), `appid` (Entra ID
/// v1), `cid` (Okta).
fn client_id(members: &Map<String, Value>) -> Result<Option<String>, TokenError> {
    for claim in ["client_id", "azp", "appid", "cid"] {
        if let Some(client) = name(members, claim)? {
            return Ok(Some(client.to_owned()));
        }
    }
    Ok(None)
}

/// The name of a principal. Control characters would let one name look like another in a log.
fn name<'a>(members: &'a Map<String, Value>, claim: &'static str) -> Result<Option<&'a str>, TokenError> {
    match present(members, claim) {
        None => Ok(None),
        Some(Value::String(name)) if !name.is_empty() && name.len() <= MAX_NAME && !name.contains(char::is_control) => {
            Ok(Some(name))
        }
        Some(_) => Err(bad(claim)),
    }
}

/// A claim that is there and not null.
fn present<'a>(members: &'a Map<String, Value>, claim: &str) -> Option<&'a Value> {
    members.get(claim).filter(|value| !value.is_null())
}

fn bad(claim: &str) -> TokenError {
    TokenError::BadClaim(claim.to_owned())
}
