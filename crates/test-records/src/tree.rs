//! Trees of JSON with the rules that all records share: absent members, `extra`, and the members of every result.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contract::model::{CacheHint, CacheScope, Implementation};
use serde_json::{Map, Value, json};

use crate::expected::implementation;

/// The version that added icons and more of a program.
pub const V2025_11_25: &str = "2025-11-25";
/// The version of the modern era.
pub const MODERN: &str = "2026-07-28";

/// Whether requests of the version carry what `initialize` said before.
pub fn is_modern(version: &str) -> bool {
    version == MODERN
}

/// What a result depends on besides its record.
#[derive(Clone, Copy, Debug)]
pub struct Peers<'a> {
    /// The version that the client speaks, by its name. Names sort by time.
    pub version: &'a str,
    /// The program of the server, which modern results name.
    pub server: &'a Implementation,
}

/// A member, absent where it has no value.
pub(crate) type Member = (&'static str, Option<Value>);

pub(crate) fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

pub(crate) fn object<const N: usize>(extra: &Option<String>, members: [Member; N]) -> Value {
    object_of(extra.as_deref().map_or(json!({}), parsed), members)
}

/// Named members replace those of the same name.
pub(crate) fn object_of(mut object: Value, members: impl IntoIterator<Item = Member>) -> Value {
    let all = object.as_object_mut().unwrap();
    all.extend(members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    object
}

/// A final result: `resultType` and the server's program are those of modern results alone.
pub(crate) fn result(extra: &Option<String>, peers: &Peers<'_>, members: impl IntoIterator<Item = Member>) -> Value {
    let mut result = extra.as_deref().map_or(json!({}), parsed);
    if is_modern(peers.version) {
        add_server_info(&mut result, peers);
        result["resultType"] = json!("complete");
    } else {
        let all = result.as_object_mut().unwrap();
        all.retain(|name, _| !["resultType", "ttlMs", "cacheScope"].contains(&name.as_str()));
    }
    object_of(result, members)
}

/// Adds the server's program to `_meta`.
pub(crate) fn add_server_info(result: &mut Value, peers: &Peers<'_>) {
    let meta = result.as_object_mut().unwrap().entry("_meta").or_insert_with(|| json!({}));
    meta["io.modelcontextprotocol/serverInfo"] = implementation(peers.server, peers.version);
}

/// The result of a cacheable method.
pub(crate) fn cacheable<const N: usize>(
    extra: &Option<String>,
    cache: &Option<CacheHint>,
    peers: &Peers<'_>,
    members: [Member; N],
) -> Value {
    let mut result = result(extra, peers, members);
    if is_modern(peers.version) {
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

pub(crate) fn text(text: &str) -> Option<Value> {
    Some(json!(text))
}

pub(crate) fn optional<T: Clone + Into<Value>>(value: &Option<T>) -> Option<Value> {
    value.clone().map(Into::into)
}

pub(crate) fn list<T>(items: &[T], item: impl Fn(&T) -> Value) -> Option<Value> {
    Some(items.iter().map(item).collect())
}

/// A list that is absent where it is empty.
pub(crate) fn some<T>(items: &[T], item: impl Fn(&T) -> Value) -> Option<Value> {
    list(items, item).filter(|_| !items.is_empty())
}

pub(crate) fn number(value: &Option<f64>) -> Option<Value> {
    value.map(|number| match number.fract() == 0.0 {
        true => json!(number as i64),
        false => json!(number),
    })
}

pub(crate) fn bytes(bytes: &[u8]) -> Option<Value> {
    Some(json!(STANDARD.encode(bytes)))
}

pub(crate) fn entries(entries: &[(String, String)]) -> Option<Value> {
    let map: Map<String, Value> = entries.iter().map(|(name, json)| (name.clone(), parsed(json))).collect();
    (!map.is_empty()).then_some(Value::Object(map))
}
