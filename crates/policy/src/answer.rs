//! Reads the value of an entry point. A shape that is not in docs/policy.md is an error, so that a misspelt member denies.

use regorus::Value;
use server::{Limits, is_scope_token};

use crate::decision::{Cause, Decision, Verdict};
use crate::entry_point::EntryPoint;
use crate::error::EvaluationError;

/// How many scopes, redactions or reasons an answer may have.
const MAX_ENTRIES: usize = 64;

/// Reads the answer of `allow` or `visible`.
pub(crate) fn decision(entry: EntryPoint, value: &Value) -> Result<Decision, EvaluationError> {
    read(value).map_err(|problem| match problem {
        Unread::Undefined => EvaluationError::Undefined { entry },
        Unread::IllTyped(what) => EvaluationError::IllTyped { entry, what },
    })
}

/// Reads the reasons of `deny`: none where nothing is denied.
pub(crate) fn denial(value: &Value) -> Result<Option<String>, EvaluationError> {
    let ill_typed = |what| EvaluationError::IllTyped { entry: EntryPoint::Deny, what };
    let Value::Set(reasons) = value else {
        return if *value == Value::Undefined { Ok(None) } else { Err(ill_typed(DENY_SHAPE)) };
    };
    let mut texts = Vec::new();
    for reason in reasons.iter_sorted() {
        texts.push(reason.as_string().map_err(|_| ill_typed(DENY_SHAPE))?.as_ref());
        if texts.len() > MAX_ENTRIES {
            return Err(ill_typed("there are more than 64 reasons"));
        }
    }
    Ok((!texts.is_empty()).then(|| texts.join("; ")))
}

const DENY_SHAPE: &str = "it must be a set of texts: `deny contains \"reason\" if ...`";

enum Unread {
    Undefined,
    IllTyped(&'static str),
}

fn read(value: &Value) -> Result<Decision, Unread> {
    let members = match value {
        Value::Undefined => return Err(Unread::Undefined),
        Value::Bool(allowed) => return Ok(plain(*allowed)),
        Value::Object(members) => members,
        _ => return Err(Unread::IllTyped("it must be true, false or an object")),
    };
    let mut allowed = None;
    let mut decision = plain(false);
    let mut scopes = Vec::new();
    for (name, value) in members.iter() {
        match name.as_string().map(AsRef::as_ref).unwrap_or_default() {
            "allow" => allowed = Some(*value.as_bool().map_err(|_| Unread::IllTyped("`allow` must be true or false"))?),
            "reason" => {
                let reason = value.as_string().map_err(|_| Unread::IllTyped("`reason` must be a text"))?;
                decision.reason = reason.to_string().into();
            }
            "scopes" => scopes = texts(value, "`scopes` must be at most 64 texts")?,
            "redact" => decision.redact = texts(value, "`redact` must be at most 64 texts")?,
            "limits" => decision.limits = limits(value)?,
            _ => return Err(Unread::IllTyped("it has a member other than allow, reason, scopes, redact and limits")),
        }
    }
    if !scopes.iter().all(|scope| is_scope_token(scope)) {
        return Err(Unread::IllTyped("a scope has a character that RFC 6749 §3.3 does not allow"));
    }
    decision.verdict = match (allowed, scopes.is_empty()) {
        (None, _) => return Err(Unread::IllTyped("the object has no member `allow`")),
        (Some(true), true) => Verdict::Allow,
        (Some(true), false) => {
            return Err(Unread::IllTyped("`scopes` are for a caller that lacks them: they need `allow: false`"));
        }
        (Some(false), true) => Verdict::Deny,
        (Some(false), false) => Verdict::StepUp(scopes),
    };
    if decision.verdict == Verdict::Allow && decision.reason == plain(false).reason {
        decision.reason = plain(true).reason;
    }
    Ok(decision)
}

fn plain(allowed: bool) -> Decision {
    let (verdict, reason) =
        if allowed { (Verdict::Allow, "a rule allows it") } else { (Verdict::Deny, "a rule denies it") };
    Decision { verdict, reason: reason.into(), cause: Cause::Rule, redact: Vec::new(), limits: Limits::default() }
}

/// Texts of a set, in its order, or of an array.
fn texts(value: &Value, shape: &'static str) -> Result<Vec<String>, Unread> {
    let text = |value: &Value| value.as_string().map(ToString::to_string).map_err(|_| Unread::IllTyped(shape));
    let texts: Vec<String> = match value {
        Value::Set(set) => set.iter_sorted().map(text).collect::<Result<_, _>>()?,
        Value::Array(array) => array.iter().map(text).collect::<Result<_, _>>()?,
        _ => return Err(Unread::IllTyped(shape)),
    };
    if texts.len() > MAX_ENTRIES { Err(Unread::IllTyped(shape)) } else { Ok(texts) }
}

fn limits(value: &Value) -> Result<Limits, Unread> {
    let shape = "`limits` must be an object of `time_ms` and `result_bytes`, whole numbers above zero";
    let members = value.as_object().map_err(|_| Unread::IllTyped(shape))?;
    let mut limits = Limits::default();
    for (name, value) in members.iter() {
        let number = value.as_u64().ok().filter(|number| *number > 0).ok_or(Unread::IllTyped(shape))?;
        match name.as_string().map(AsRef::as_ref).unwrap_or_default() {
            "time_ms" => limits.time_ms = Some(u32::try_from(number).map_err(|_| Unread::IllTyped(shape))?),
            "result_bytes" => limits.result_bytes = Some(usize::try_from(number).unwrap_or(usize::MAX)),
            _ => return Err(Unread::IllTyped(shape)),
        }
    }
    Ok(limits)
}
