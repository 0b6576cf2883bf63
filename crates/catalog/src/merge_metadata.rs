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

/// Checks that the `extra` of one provider is a JSON object.
pub(crate) fn check_extra(provider: &str, extra: &Option<String>) -> Result<(), McpError> {
    merge_extra(&[(provider, extra.clone())]).map(drop)
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

    use super::{merge_cache_hint, merge_extra};

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
}
