//! Values that several providers give, merged into one.

use std::collections::BTreeMap;

use contract::model::{CacheHint, CacheScope, Implementation, McpError};
use serde_json::value::RawValue;

use crate::length_prefixed;

/// The strictest of cache hints: no hint is stricter than any, and private than public.
pub(crate) fn merge_cache_hint(hints: impl IntoIterator<Item = Option<CacheHint>>) -> Option<CacheHint> {
    let stricter = |one: CacheHint, other: CacheHint| CacheHint {
        ttl_ms: one.ttl_ms.min(other.ttl_ms),
        scope: if one.scope == CacheScope::Public { other.scope } else { one.scope },
    };
    hints.into_iter().reduce(|one, other| one.zip(other).map(|(one, other)| stricter(one, other))).flatten()
}

/// The hint of an answer that must not be cached. Without a hint, members of `extra` could say something else.
pub(crate) const NOT_CACHED: CacheHint = CacheHint { ttl_ms: 0, scope: CacheScope::Private };

/// The longest time of a hint: numbers of the contract are below 2^31.
const LONGEST_TTL_MS: u32 = i32::MAX as u32;

/// Takes out of the `extra` of one answer what only holds for that answer, before it is merged with others: how long and
/// by whom it may be cached, which is the hint where no other is set, and the cursor of its next page, which only the
/// provider itself would take back.
pub(crate) fn separate(
    provider: &str,
    cache: &mut Option<CacheHint>,
    extra: &mut Option<String>,
) -> Result<(), McpError> {
    let Some(text) = extra else { return Ok(()) };
    let wrong = |what: &str| McpError::Internal(format!("the `extra` of provider `{provider}` {what}"));
    let mut members: BTreeMap<String, &RawValue> =
        serde_json::from_str(text).map_err(|_| wrong("is not a JSON object"))?;
    let all = members.len();
    members.remove("nextCursor");
    let (ttl_ms, scope) = (members.remove("ttlMs"), members.remove("cacheScope"));
    if members.len() == all {
        return Ok(());
    }
    if cache.is_none() && (ttl_ms.is_some() || scope.is_some()) {
        let ttl_ms = ttl_ms.map(|ttl_ms| {
            let digits = ttl_ms.get();
            let is_whole = digits.bytes().all(|byte| byte.is_ascii_digit());
            is_whole.then(|| digits.parse().map_or(LONGEST_TTL_MS, |ttl_ms| LONGEST_TTL_MS.min(ttl_ms)))
        });
        let scope = scope.map(|scope| match serde_json::from_str::<String>(scope.get()).as_deref() {
            Ok("private") => Some(CacheScope::Private),
            Ok("public") => Some(CacheScope::Public),
            _ => None,
        });
        *cache = Some(CacheHint {
            ttl_ms: ttl_ms.unwrap_or(Some(0)).ok_or_else(|| wrong("has a `ttlMs` that is no whole number"))?,
            scope: scope
                .unwrap_or(Some(CacheScope::Private))
                .ok_or_else(|| wrong("has a `cacheScope` that is neither `public` nor `private`"))?,
        });
    }
    let rest = serde_json::to_string(&members).map_err(|error| McpError::Internal(error.to_string()))?;
    *extra = (!members.is_empty()).then_some(rest);
    Ok(())
}

/// The members of all `extra` objects, each of which comes with the name of its provider. Of two members of one name
/// the first counts.
pub(crate) fn merge_extra(given: &[(&str, Option<String>)]) -> Result<Option<String>, McpError> {
    let mut texts = given.iter().filter_map(|(provider, extra)| Some((provider, extra.as_ref()?)));
    let Some(first) = texts.next() else { return Ok(None) };
    let mut merged: BTreeMap<String, &RawValue> = BTreeMap::new();
    for (provider, text) in std::iter::once(first).chain(texts) {
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(text)
            .map_err(|_| McpError::Internal(format!("the `extra` of provider `{provider}` is not a JSON object")))?;
        for (name, value) in members {
            merged.entry(name).or_insert(value);
        }
    }
    serde_json::to_string(&merged).map(Some).map_err(|error| McpError::Internal(error.to_string()))
}

/// The names and versions side by side. An operator who wants another name sets it for the whole server.
pub(crate) fn merge_implementation(one: Implementation, other: Implementation) -> Implementation {
    Implementation {
        name: format!("{}+{}", one.name, other.name),
        version: format!("{}+{}", one.version, other.version),
        title: None,
        description: None,
        website_url: None,
        icons: Vec::new(),
        extra: None,
    }
}

/// The revisions of several providers as one, which changes with any of them.
pub(crate) fn merge_revisions<'a>(revisions: impl IntoIterator<Item = &'a str>) -> String {
    length_prefixed::write(revisions)
}

#[cfg(test)]
mod tests {
    use contract::model::{CacheHint, CacheScope, McpError};

    use super::{merge_cache_hint, merge_extra, separate};

    #[test]
    fn the_strictest_cache_hint_counts() {
        let hint = |ttl_ms, scope| Some(CacheHint { ttl_ms, scope });
        let (public, private) = (CacheScope::Public, CacheScope::Private);
        let cases = [
            (vec![], None),
            (vec![hint(5, public)], hint(5, public)),
            (vec![hint(5, public), hint(3, public)], hint(3, public)),
            (vec![hint(3, private), hint(5, public)], hint(3, private)),
            (vec![hint(3, public), hint(5, private)], hint(3, private)),
            (vec![hint(5, public), None], None),
            (vec![None, hint(5, public)], None),
        ];
        for (hints, expected) in cases {
            assert_eq!(merge_cache_hint(hints.clone()), expected, "{hints:?}");
        }
    }

    #[test]
    fn of_two_members_of_one_name_the_first_counts() {
        let text = |text: &str| Some(text.to_owned());
        let cases = [
            (vec![("a", None), ("b", None)], Ok(None)),
            (vec![("a", None), ("b", text(r#"{"x":1.50}"#))], Ok(text(r#"{"x":1.50}"#))),
            (
                vec![("a", text(r#"{"x":1}"#)), ("b", text(r#"{"x":2,"y":{"z":[]}}"#))],
                Ok(text(r#"{"x":1,"y":{"z":[]}}"#)),
            ),
            (
                vec![("a", text("[1]"))],
                Err(McpError::Internal("the `extra` of provider `a` is not a JSON object".to_owned())),
            ),
        ];
        for (given, expected) in cases {
            assert_eq!(merge_extra(&given), expected, "{given:?}");
        }
    }

    #[test]
    fn what_only_one_answer_may_say_is_no_longer_in_its_extra() {
        let hint = |ttl_ms, scope| Some(CacheHint { ttl_ms, scope });
        let (public, private) = (CacheScope::Public, CacheScope::Private);
        let cases = [
            (None, r#"{"x":1.50}"#, None, Some(r#"{"x":1.50}"#)),
            (None, r#"{"nextCursor":"y","x":1.50}"#, None, Some(r#"{"x":1.50}"#)),
            (None, r#"{ "ttlMs": 7, "cacheScope": "public" }"#, hint(7, public), None),
            (None, r#"{"ttlMs":7}"#, hint(7, private), None),
            (None, r#"{"cache\u0053cope":"publi\u0063"}"#, hint(0, public), None),
            (None, r#"{"ttlMs":99999999999999999999999}"#, hint(0x7fff_ffff, private), None),
            (hint(5, private), r#"{"ttlMs":"no","cacheScope":"public","x":1}"#, hint(5, private), Some(r#"{"x":1}"#)),
        ];
        for (mut cache, extra, expected, rest) in cases {
            let mut given = Some(extra.to_owned());
            assert_eq!(separate("a", &mut cache, &mut given), Ok(()), "{extra}");
            assert_eq!((cache, given.as_deref()), (expected, rest), "{extra}");
        }
        for (extra, fault) in [
            ("[]", "is not a JSON object"),
            (r#"{"ttlMs":-1}"#, "has a `ttlMs` that is no whole number"),
            (r#"{"ttlMs":1.5}"#, "has a `ttlMs` that is no whole number"),
            (r#"{"cacheScope":"all"}"#, "has a `cacheScope` that is neither `public` nor `private`"),
        ] {
            let error = separate("a", &mut None, &mut Some(extra.to_owned())).err();
            assert_eq!(error, Some(McpError::Internal(format!("the `extra` of provider `a` {fault}"))), "{extra}");
        }
    }
}
