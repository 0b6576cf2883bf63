//! What all results have in common: `resultType`, how long they may be cached, the server's program in their `_meta`, and the
//! members that a provider must not write.

use contract::model::{CacheHint, CacheScope, Implementation};
use serde_json::value::RawValue;

use crate::json::{self, EncodeError, EncodeResult, JsonBuffer, ObjectWriter};
use crate::{Version, envelope, implementation};

/// The server's program as JSON, which the server adds to the `_meta` of each modern result. It is written once and then copied.
#[derive(Clone, Debug)]
pub struct ServerInfoMeta {
    json: Box<RawValue>,
}

impl ServerInfoMeta {
    /// Writes this program.
    pub fn new(server: &Implementation) -> Result<Self, EncodeError> {
        // Its text is bounded with the description that it is of.
        let mut out = JsonBuffer::unbounded();
        implementation::write(&mut out, server, Version::MODERN).map_err(|error| error.within("serverInfo"))?;
        let json =
            out.finish().and_then(|out| String::from_utf8(out).ok()).and_then(|json| RawValue::from_string(json).ok());
        json.map(|json| Self { json }).ok_or_else(|| EncodeError::new("serverInfo", "is not JSON"))
    }

    /// Writes `_meta` with the program, and with what a provider has there.
    fn write(&self, object: &mut ObjectWriter<'_, '_>) -> EncodeResult {
        let mut meta = object.inner("_meta")?;
        meta.raw(envelope::SERVER_INFO, self.json.get().as_bytes());
        meta.close();
        Ok(())
    }
}

/// The members that make a result a question to the client (2026-07-28, multi round-trip requests). Only the transport writes
/// them, sealed: a provider's `extra` never puts them on the wire.
const INPUT_MEMBERS: [&str; 3] = ["inputRequests", "inputResponses", "requestState"];

/// The cursor of the next page is the catalogue's: a client would pass another one on to a provider that did not give it.
const CURSOR: &str = "nextCursor";

/// The members that only modern results have. The open schemas of the older versions are no reason to send them there.
const MODERN_MEMBERS: [&str; 3] = ["resultType", "ttlMs", "cacheScope"];

/// Checks what a page of a list has beside its items: its further members, and how long it may be cached.
pub fn check_page(extra: Option<&str>, cache: Option<&CacheHint>) -> Result<(), EncodeError> {
    let mut out = JsonBuffer::unbounded();
    let mut object = open(&mut out, extra, Version::MODERN)?;
    write_cache(&mut object, cache, Version::MODERN)
}

/// Begins a result that is final.
pub(crate) fn open<'o, 'x>(
    out: &'o mut JsonBuffer,
    extra: Option<&'x str>,
    version: Version,
) -> Result<ObjectWriter<'o, 'x>, EncodeError> {
    let mut object = ObjectWriter::open(out, extra)?;
    for name in INPUT_MEMBERS.into_iter().chain([CURSOR]) {
        object.take_extra(name);
    }
    if version.is_modern() {
        object.text("resultType", "complete");
    } else {
        for name in MODERN_MEMBERS {
            object.take_extra(name);
        }
    }
    Ok(object)
}

/// Writes the members that say how long and by whom the answer may be cached, which every cacheable result of the modern era has
/// (2026-07-28, caching). Without a hint they are those of `extra`, and otherwise say that the answer must not be cached.
pub(crate) fn write_cache(
    object: &mut ObjectWriter<'_, '_>,
    hint: Option<&CacheHint>,
    version: Version,
) -> EncodeResult {
    if !version.is_modern() {
        return Ok(());
    }
    if let Some(hint) = hint {
        write_hint(object, &hint.ttl_ms.to_string(), hint.scope);
        return Ok(());
    }
    let ttl_ms = match object.take_extra("ttlMs").map(RawValue::get) {
        None => "0",
        Some(ttl_ms) if json::is_integer(ttl_ms) && !ttl_ms.starts_with('-') => ttl_ms,
        Some(_) => return Err(EncodeError::new("ttlMs", "must be a whole number of milliseconds, 0 or more")),
    };
    let scope = match object.take_extra("cacheScope").map(json::text) {
        None => CacheScope::Private,
        Some(Some(scope)) if scope == "private" => CacheScope::Private,
        Some(Some(scope)) if scope == "public" => CacheScope::Public,
        Some(_) => return Err(EncodeError::new("cacheScope", "must be `public` or `private`")),
    };
    write_hint(object, ttl_ms, scope);
    Ok(())
}

fn write_hint(object: &mut ObjectWriter<'_, '_>, ttl_ms: &str, scope: CacheScope) {
    object.raw("ttlMs", ttl_ms.as_bytes());
    object.text(
        "cacheScope",
        match scope {
            CacheScope::Public => "public",
            CacheScope::Private => "private",
        },
    );
}

/// Ends a result. Only a modern one has the server's program.
pub(crate) fn close(
    mut object: ObjectWriter<'_, '_>,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> EncodeResult {
    if version.is_modern()
        && let Some(server_info) = server_info
    {
        server_info.write(&mut object)?;
    }
    object.close();
    Ok(())
}

/// Writes a result of a type that has no case in the contract: a whole object, its `resultType` among the members. Any outcome of
/// a leg can be one. A legacy client knows no such types, so that there it is an error. A cache hint counts before what the object says.
pub fn unnamed(
    out: &mut JsonBuffer,
    json: &str,
    cache: Option<&CacheHint>,
    version: Version,
    server_info: Option<&ServerInfoMeta>,
) -> Result<(), EncodeError> {
    let mut object = ObjectWriter::open(out, None)?;
    object.merge_unnamed(json, "result")?;
    for name in INPUT_MEMBERS {
        object.take_extra(name);
    }
    let refuse = |reason: String| Err(EncodeError::new("result.resultType", reason));
    match object.take_extra("resultType").and_then(json::text) {
        None => refuse("must be a string".to_owned()),
        Some(kind) if matches!(&*kind, "complete" | "input_required") => {
            refuse(format!("is `{kind}`, which has a case of its own"))
        }
        Some(kind) if !version.is_modern() => refuse(format!("is `{kind}`, which clients of {version} do not know")),
        Some(kind) => {
            object.text("resultType", &kind);
            if let Some(hint) = cache {
                object.take_extra("ttlMs");
                object.take_extra("cacheScope");
                write_hint(&mut object, &hint.ttl_ms.to_string(), hint.scope);
            }
            close(object, version, server_info)
        }
    }
}
