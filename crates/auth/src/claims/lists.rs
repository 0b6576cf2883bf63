//! Scopes, roles and groups.

use serde_json::{Map, Value};
use server::is_scope_token;

use super::{bad, present};
use crate::error::TokenError;

/// How many scopes, roles or groups a token may have.
const MAX_VALUES: usize = 1000;

/// The scopes of `scope` (RFC 8693 §4.2), or of `scp` where there is no `scope` (Okta, Entra ID): a text with spaces, or an array.
pub(super) fn scopes(members: &Map<String, Value>) -> Result<Vec<String>, TokenError> {
    let Some(claim) = ["scope", "scp"].into_iter().find(|claim| present(members, claim).is_some()) else {
        return Ok(Vec::new());
    };
    let mut scopes = Vec::new();
    match members.get(claim) {
        Some(Value::String(text)) => {
            for scope in text.split(' ').filter(|scope| !scope.is_empty()) {
                push(&mut scopes, scope, claim)?;
            }
        }
        value => texts(value, claim, &mut scopes)?,
    }
    if scopes.iter().all(|scope| is_scope_token(scope)) { Ok(scopes) } else { Err(bad(claim)) }
}

/// The values of all these claims, each once.
pub(super) fn named(members: &Map<String, Value>, claims: &[String]) -> Result<Vec<String>, TokenError> {
    let mut values = Vec::new();
    for claim in claims {
        match find(members, claim) {
            None => check_left_out(members, claim)?,
            Some(Value::String(value)) => push(&mut values, value, claim)?,
            value => texts(value, claim, &mut values)?,
        }
    }
    Ok(values)
}

/// The value at a place: the name of a claim, or names with a dot between the levels. A name may have dots itself, such as
/// `https://example.com/roles`.
fn find<'a>(members: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    present(members, path).or_else(|| {
        path.match_indices('.').find_map(|(dot, _)| {
            let (name, rest) = path.split_at_checked(dot)?;
            find(members.get(name)?.as_object()?, rest.get(1..)?)
        })
    })
}

/// Entra ID leaves groups out where there are many, and says so. A policy that forbids something to a group would let its members pass.
fn check_left_out(members: &Map<String, Value>, claim: &str) -> Result<(), TokenError> {
    let elsewhere = present(members, "_claim_names").and_then(|names| names.get(claim)).is_some();
    let has_groups = claim == "groups" && present(members, "hasgroups") == Some(&Value::Bool(true));
    if elsewhere || has_groups { Err(TokenError::ClaimLeftOut(claim.to_owned())) } else { Ok(()) }
}

fn texts(value: Option<&Value>, claim: &str, into: &mut Vec<String>) -> Result<(), TokenError> {
    let Some(Value::Array(values)) = value else { return Err(bad(claim)) };
    for value in values {
        push(into, value.as_str().ok_or_else(|| bad(claim))?, claim)?;
    }
    Ok(())
}

fn push(values: &mut Vec<String>, value: &str, claim: &str) -> Result<(), TokenError> {
    if values.iter().any(|known| known == value) {
        return Ok(());
    }
    if values.len() >= MAX_VALUES {
        return Err(TokenError::TooManyValues { claim: claim.to_owned(), limit: MAX_VALUES });
    }
    values.push(value.to_owned());
    Ok(())
}
