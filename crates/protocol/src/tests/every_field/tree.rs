//! Trees of JSON with the rules that all records share: absent members, `extra`, and the members of every result.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::model::{CacheHint, CacheScope};
use serde_json::{Map, Value, json};

use crate::Version;

/// A member, absent where it has no value.
pub(super) type Member = (&'static str, Option<Value>);

pub(super) fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

pub(super) fn object<const N: usize>(extra: &Option<String>, members: [Member; N]) -> Value {
    object_of(extra.as_deref().map_or(json!({}), parsed), members)
}

/// Named members replace those of the same name.
pub(super) fn object_of(mut object: Value, members: impl IntoIterator<Item = Member>) -> Value {
    let all = object.as_object_mut().unwrap();
    all.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    object
}

/// A final result: `resultType` and the server's program are those of modern results alone.
pub(super) fn result(extra: &Option<String>, version: Version, members: impl IntoIterator<Item = Member>) -> Value {
    let mut result = extra.as_deref().map_or(json!({}), parsed);
    if version.is_modern() {
        add_server_info(&mut result);
        result["resultType"] = json!("complete");
    } else {
        let all = result.as_object_mut().unwrap();
        all.retain(|name, _| !["resultType", "ttlMs", "cacheScope"].contains(&name.as_str()));
    }
    object_of(result, members)
}

pub(super) fn add_server_info(result: &mut Value) {
    let meta = result.as_object_mut().unwrap().entry("_meta").or_insert_with(|| json!({}));
    meta["io.modelcontextprotocol/serverInfo"] = json!({"name": "calc", "version": "1.0.0"});
}

/// The result of a cacheable method.
pub(super) fn cacheable<const N: usize>(
    extra: &Option<String>,
    cache: &Option<CacheHint>,
    version: Version,
    members: [Member; N],
) -> Value {
    let mut result = result(extra, version, members);
    if version.is_modern() {
        let all = result.as_object_mut().unwrap();
        if let Some(CacheHint { ttl_ms, scope }) = cache {
            let scope = match scope {
                CacheScope::Public => "public",
                CacheScope::Private => "private",
            };
            all.extend(Map::from_iter([("ttlMs".into(), json!(ttl_ms)), ("cacheScope".into(), json!(scope))]));
        }
        all.entry("ttlMs").or_insert(json!(0));
        all.entry("cacheScope").or_insert(json!("private"));
    }
    result
}

pub(super) fn text(text: &str) -> Option<Value> {
    Some(json!(text))
}

pub(super) fn optional<T: Clone + Into<Value>>(value: &Option<T>) -> Option<Value> {
    value.clone().map(Into::into)
}

pub(super) fn list<T>(items: &[T], item: impl Fn(&T) -> Value) -> Option<Value> {
    Some(items.iter().map(item).collect())
}

/// A list that is absent where it is empty.
pub(super) fn some<T>(items: &[T], item: impl Fn(&T) -> Value) -> Option<Value> {
    list(items, item).filter(|_| !items.is_empty())
}

pub(super) fn number(value: &Option<f64>) -> Option<Value> {
    value.map(|number| match number.fract() == 0.0 {
        true => json!(number as i64),
        false => json!(number),
    })
}

pub(super) fn bytes(bytes: &[u8]) -> Option<Value> {
    Some(json!(STANDARD.encode(bytes)))
}

pub(super) fn entries(entries: &[(String, String)]) -> Option<Value> {
    let map: Map<String, Value> = entries.iter().map(|(name, json)| (name.clone(), parsed(json))).collect();
    (!map.is_empty()).then_some(Value::Object(map))
}
