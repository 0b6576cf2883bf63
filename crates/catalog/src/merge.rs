//! What several providers say, as one.

use std::collections::BTreeMap;

use contract::model::{CacheHint, CacheScope, McpError};
use serde_json::value::RawValue;

/// The strictest of cache hints: one that allows nothing wins, and one that is private.
pub(crate) fn strictest(hints: impl IntoIterator<Item = Option<CacheHint>>) -> Option<CacheHint> {
    let stricter = |one: CacheHint, other: CacheHint| CacheHint {
        ttl_ms: one.ttl_ms.min(other.ttl_ms),
        scope: if one.scope == CacheScope::Public { other.scope } else { one.scope },
    };
    hints.into_iter().reduce(|one, other| one.zip(other).map(|(one, other)| stricter(one, other))).flatten()
}

/// Whether the `extra` of one provider is what it must be.
pub(crate) fn checked(provider: &str, extra: &Option<String>) -> Result<(), McpError> {
    united(&[(provider, extra.clone())]).map(drop)
}

/// The members of all `extra` objects, each with the name of who gave it. The first to name a member wins.
pub(crate) fn united(given: &[(&str, Option<String>)]) -> Result<Option<String>, McpError> {
    let mut texts = given.iter().filter_map(|(provider, extra)| Some((provider, extra.as_ref()?)));
    let Some(first) = texts.next() else { return Ok(None) };
    let mut united: BTreeMap<String, &RawValue> = BTreeMap::new();
    for (provider, text) in std::iter::once(first).chain(texts) {
        let members: BTreeMap<String, &RawValue> = serde_json::from_str(text)
            .map_err(|_| McpError::Internal(format!("the `extra` of provider `{provider}` is not a JSON object")))?;
        for (name, value) in members {
            united.entry(name).or_insert(value);
        }
    }
    serde_json::to_string(&united).map(Some).map_err(|error| McpError::Internal(error.to_string()))
}

#[cfg(test)]
mod tests {
    use contract::model::{CacheHint, CacheScope, McpError};

    use super::{strictest, united};

    #[test]
    fn the_strictest_cache_hint_wins() {
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
            assert_eq!(strictest(hints.clone()), expected, "{hints:?}");
        }
    }

    #[test]
    fn the_first_to_name_a_member_wins() {
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
            assert_eq!(united(&given), expected, "{given:?}");
        }
    }
}
